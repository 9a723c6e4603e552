import type { Clock } from '../kernel/clock.js';
import { takeLease } from '../storage/sql/lease.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';
import type { JobObserver } from './job-observer.js';
import { createPollLoop } from './poll-loop.js';
import type { PollLoop } from './poll-loop.js';

export interface ScheduledWork {
  /** Unique; also the lease's name. */
  name: string;
  everyMs: number;
  /** Must bear being run twice: a process that dies half-way has its work repeated. */
  body(): Promise<void>;
}

/**
 * Runs `body` once every `everyMs` over all processes: whoever takes the lease runs it, and the lease ends when the
 * next run is due. The lease's holder is new at every turn, so that its own lease holds a process off as well.
 */
export function createSchedule(
  work: ScheduledWork,
  deps: { database: SqlDatabase; clock: Clock; observer: JobObserver; holder: string },
): PollLoop {
  const { database, clock, observer } = deps;
  let turns = 0;
  return createPollLoop({
    async look() {
      turns += 1;
      const now = clock.now();
      const taken = await takeLease(database.db, {
        name: `schedule:${work.name}`,
        holder: `${deps.holder}#${turns}`,
        now,
        ttlMs: work.everyMs,
      });
      if (!taken) return false;
      try {
        await work.body();
        observer.scheduleSucceeded(work.name);
      } catch (error) {
        observer.scheduleFailed(work.name, error);
      }
      return false;
    },
    idleMs: () => Math.min(work.everyMs / 4, 60_000),
    failed: (error) => observer.loopFailed(error),
  });
}
