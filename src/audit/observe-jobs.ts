import type { Alarms } from './alarms.js';
import type { Logger } from './log-writer.js';
import type { Metrics } from './metrics.js';

/** Turns what jobs do into log lines, counters and alarms (the observer that `jobs/` asks for). */
export function observeJobs(deps: {
  logger: Logger;
  metrics: Pick<Metrics, 'outboxFailures'>;
  alarms: Alarms;
}) {
  const { logger, metrics, alarms } = deps;
  const kindsGivenUp = new Set<string>();
  const failingSchedules = new Set<string>();
  return {
    jobDone({ kind }: { kind: string }): void {
      if (kindsGivenUp.delete(kind) && kindsGivenUp.size === 0) void alarms.clear('job_failed');
    },
    jobFailed(job: { kind: string; id: string; attempts: number }, error: unknown): void {
      metrics.outboxFailures.add({ kind: job.kind });
      logger.warn('job.failed', fieldsOf(job), error);
    },
    jobGivenUp(job: { kind: string; id: string; attempts: number }, error: unknown): void {
      metrics.outboxFailures.add({ kind: job.kind });
      logger.error('job.given_up', fieldsOf(job), error);
      kindsGivenUp.add(job.kind);
      void alarms.raise('job_failed', `${job.kind} ${job.id} after ${job.attempts} attempts`);
    },
    scheduleFailed(name: string, error: unknown): void {
      logger.error('schedule.failed', { name }, error);
      failingSchedules.add(name);
      void alarms.raise('schedule_failed', name);
    },
    scheduleSucceeded(name: string): void {
      failingSchedules.delete(name);
      if (failingSchedules.size === 0) void alarms.clear('schedule_failed');
    },
    loopFailed(error: unknown): void {
      logger.warn('jobs.loop_failed', {}, error);
    },
  };
}

const fieldsOf = (job: { kind: string; id: string; attempts: number }) => ({
  kind: job.kind,
  id: job.id,
  attempts: job.attempts,
});
