import type { Kysely } from 'kysely';
import type { Tables } from './tables.js';

/** Anything statements can run on: the database itself or an open transaction. */
export type Queryable = Kysely<Tables>;

/** Durable state. Every method and every statement throws `DependencyUnavailable` when the database does not answer. */
export interface SqlDatabase {
  readonly dialect: 'postgres' | 'sqlite';
  /** For single statements. */
  readonly db: Queryable;

  /** Runs `work` in one write transaction (SQLite: BEGIN IMMEDIATE); retries serialization failures a few times. */
  transaction<Value>(work: (tx: Queryable) => Promise<Value>): Promise<Value>;

  ping(): Promise<void>;
  close(): Promise<void>;
}
