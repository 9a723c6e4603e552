import type { Queryable } from '../storage/sql/sql-database.js';
import type { AuditEvent } from './audit-event.js';

/**
 * A short random code (Crockford base32, 10 characters, shown as `XXXXX-XXXXX`) that joins what a person sees
 * on a page with one audit row.
 */
export type AuditReference = string & { readonly __auditReference: true };

/**
 * Writes business events: the audit row, one structured log line, one counter. Effects outside SQL (a session,
 * a code, a token) leave only after the row is committed.
 */
export interface AuditLog {
  /** A row of its own, for events without a change in SQL. One round trip. */
  record(event: AuditEvent): Promise<AuditReference>;

  /** A row in the caller's transaction; log line and counter follow when `transaction` commits. */
  recordIn(tx: Queryable, event: AuditEvent): Promise<AuditReference>;

  /**
   * One statement that changes something (an update, insert or delete with `returning`) and the row that tells
   * it, atomically and in one round trip. When the change touches no row, no event is written and `null` comes
   * back, so a compare-and-set and its event are one step.
   */
  recordWithChange<Row>(change: ReturningChange<Row>, event: AuditEvent): Promise<Row | null>;
}

/** Built on the `Queryable` it is given, so that it can run inside a transaction or a WITH clause. */
export type ReturningChange<Row> = (db: Queryable) => {
  compile(): { sql: string; parameters: readonly unknown[] };
  executeTakeFirst(): Promise<Row | undefined>;
};
