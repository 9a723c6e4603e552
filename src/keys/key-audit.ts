import type { Queryable } from '../storage/sql/sql-database.js';

/** The part of the audit log that keys need: a row in the transaction of the change. */
export interface KeyAudit {
  recordIn(tx: Queryable, event: KeyEvent): Promise<unknown>;
}

export interface KeyEvent {
  kind: 'key.published' | 'key.used' | 'key.retired';
  data: { readonly [name: string]: string | number | null };
}
