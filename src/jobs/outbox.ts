import type { Queryable } from '../storage/sql/sql-database.js';

/** Work that leaves the process (mail, back-channel logout), written with the change that causes it. */
export interface Outbox {
  /** Queues in the caller's transaction (or by itself on `database.db`); done at least once, with retries. */
  enqueue(db: Queryable, job: NewJob): Promise<void>;
}

export interface NewJob {
  kind: string;
  payload: JobPayload;
  /** Milliseconds since the epoch; now when absent. */
  runAt?: number;
  /** Of several jobs with the same key only the first is queued, as long as its row is kept. */
  onceKey?: string;
}

export type JobPayload = { readonly [name: string]: string | number | boolean | null };

/** The body of one kind of job; registered by `server/`. Throws to be tried again later. */
export interface JobBody {
  readonly kind: string;
  run(payload: JobPayload): Promise<void>;
}
