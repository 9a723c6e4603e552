import type { JobObserver } from '../jobs/job-observer.js';
import { pruneJobs } from '../jobs/job-store.js';
import { createSchedule } from '../jobs/schedule.js';
import { pruneConsumed } from '../storage/sql/one-time.js';
import type { Foundations } from './foundations.js';

const HOUR_MS = 3_600_000;
const KEEP_DONE_JOBS_MS = 7 * 24 * HOUR_MS;

/** Deletes what nobody can use any more, once an hour over all processes. */
export function createHousekeeping(
  base: Foundations,
  observer: JobObserver,
  prune: {
    grants: (before: number) => Promise<void>;
    links: () => Promise<unknown>;
    activations: () => Promise<void>;
    endedCredentials: () => Promise<void>;
    endedSessions: () => Promise<void>;
  },
): { stop: () => Promise<void> } {
  const schedule = createSchedule(
    {
      name: 'housekeeping',
      everyMs: HOUR_MS,
      body: async () => {
        const now = base.clock.now();
        await pruneConsumed(base.database.db, now);
        await prune.grants(now);
        await prune.links();
        await prune.activations();
        await prune.endedCredentials();
        await prune.endedSessions();
        await pruneJobs(base.database.db, now - KEEP_DONE_JOBS_MS);
      },
    },
    { ...base, observer },
  );
  schedule.start();
  return { stop: () => schedule.stop() };
}
