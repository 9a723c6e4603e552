import type { Clock } from '../kernel/clock.js';
import type { RandomSource } from '../kernel/random.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';
import type { JobObserver } from './job-observer.js';
import {
  dueJobExists,
  finishJob,
  giveJobUp,
  leaseJobs,
  postponeJob,
  renewJob,
} from './job-store.js';
import type { LeasedJob } from './job-store.js';
import type { JobBody } from './outbox.js';
import { createPollLoop } from './poll-loop.js';
import type { PollLoop } from './poll-loop.js';
import { retryDelay } from './retry-delay.js';
import { openPayload } from './sealed-payload.js';
import type { PayloadSealer } from './sealed-payload.js';

export const maxAttempts = 10;

const leaseMs = 30_000;
const idlePollMs = 400;
const atOnce = 4;

/**
 * Does queued jobs at least once each: a job whose runner dies, or cannot tell that it is done, is done again
 * by another after the lease. Runs in every process; `stop` waits for the jobs in hand.
 */
export function createJobRunner(deps: {
  database: SqlDatabase;
  clock: Clock;
  random: RandomSource;
  sealer: PayloadSealer;
  bodies: readonly JobBody[];
  observer: JobObserver;
  /** Unique among the processes that share the database. */
  holder: string;
}): PollLoop {
  const { database, clock, random, sealer, observer, holder } = deps;
  const bodies = new Map(deps.bodies.map((body) => [body.kind, body]));

  const fail = async (job: LeasedJob, error: unknown): Promise<void> => {
    const now = clock.now();
    // Messages of others may quote what they were given; the log has the scrubbed whole.
    const summary = error instanceof Error ? error.name : typeof error;
    if (job.attempts >= maxAttempts) {
      await giveJobUp(database.db, { id: job.id, holder, now, error: summary });
      observer.jobGivenUp(job, error);
      return;
    }
    const runAt = now + retryDelay(job.attempts, random);
    await postponeJob(database.db, { id: job.id, holder, runAt, error: summary });
    observer.jobFailed(job, error);
  };

  const run = async (job: LeasedJob): Promise<void> => {
    const renewal = setInterval(() => {
      renewJob(database.db, { id: job.id, holder, until: clock.now() + leaseMs }).catch(
        (error: unknown) => observer.loopFailed(error),
      );
    }, leaseMs / 3).unref();
    try {
      await bodies.get(job.kind)?.run(openPayload(sealer, job));
    } catch (error) {
      await fail(job, error);
      return;
    } finally {
      clearInterval(renewal);
    }
    await finishJob(database.db, { id: job.id, holder, now: clock.now() });
    observer.jobDone(job);
  };

  const inHand = new Map<string, Promise<void>>();
  const loop = createPollLoop({
    async look() {
      const limit = atOnce - inHand.size;
      const now = clock.now();
      if (limit === 0 || !(await dueJobExists(database.db, now))) return false;
      const jobs = await leaseJobs(database, {
        holder,
        now,
        until: now + leaseMs,
        kinds: [...bodies.keys()],
        inHand: [...inHand.keys()],
        limit,
      });
      for (const job of jobs) {
        const work = run(job)
          .catch((error: unknown) => observer.loopFailed(error))
          .finally(() => {
            inHand.delete(job.id);
            loop.wake();
          });
        inHand.set(job.id, work);
      }
      return jobs.length > 0;
    },
    idleMs: () => idlePollMs - (random.bytes(1)[0]! % 100),
    failed: (error) => observer.loopFailed(error),
  });
  return {
    ...loop,
    async stop() {
      await loop.stop();
      await Promise.all(inHand.values());
    },
  };
}
