import type { Queryable } from '../storage/sql/sql-database.js';

/** Work that leaves the process (mail, back-channel logout), written with the change that causes it. */
export interface Outbox {
  /** Queues in the caller's transaction (or by itself on `database.db`); done at least once, with retries. */
  enqueue(db: Queryable, job: { kind: string; payload: JobPayload; runAt?: number }): Promise<void>;
}

export type JobPayload = { readonly [name: string]: string | number | boolean | null };

/** The body of one kind of job; registered by `server/`. Throws to be tried again later. */
export interface JobBody {
  readonly kind: string;
  run(payload: JobPayload): Promise<void>;
}
