import type { Queryable } from '../storage/sql/sql-database.js';
import type { AuditEventsTable } from '../storage/sql/tables.js';
import type { AuditReference } from './audit-log.js';

/** The row a reference leads to. */
export async function findAuditEvent(
  db: Queryable,
  reference: AuditReference,
): Promise<AuditEventsTable | null> {
  const row = await db
    .selectFrom('audit_events')
    .selectAll()
    .where('reference', '=', reference)
    .executeTakeFirst();
  return row ?? null;
}
