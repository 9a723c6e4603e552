/** Told of what jobs do; the composition turns it into log lines, counters and alarms. Must not throw. */
export interface JobObserver {
  jobDone(job: { kind: string }): void;
  jobFailed(job: { kind: string; id: string; attempts: number }, error: unknown): void;
  /** No further attempt is made. */
  jobGivenUp(job: { kind: string; id: string; attempts: number }, error: unknown): void;
  scheduleFailed(name: string, error: unknown): void;
  scheduleSucceeded(name: string): void;
  /** The database did not answer; the loop goes on. */
  loopFailed(error: unknown): void;
}
