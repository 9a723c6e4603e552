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

/** What happened to a person last, newest first. */
export function findLastEventsOf(
  db: Queryable,
  person: string,
  limit: number,
): Promise<AuditEventsTable[]> {
  return db
    .selectFrom('audit_events')
    .selectAll()
    .where('person_id', '=', person)
    .orderBy('at', 'desc')
    .limit(limit)
    .execute();
}

const tallyWithinMs = 300_000;

/** The row that closed the counting which `opening` began; `null` while it still goes on. */
export async function findTallyOf(
  db: Queryable,
  opening: AuditEventsTable,
): Promise<AuditEventsTable | null> {
  const row = await db
    .selectFrom('audit_events')
    .selectAll()
    .where('at', '>=', opening.at)
    .where('at', '<=', opening.at + tallyWithinMs)
    .where('kind', '=', 'audit.aggregated')
    .where('data', 'like', `%"opened":"${opening.reference}"%`)
    .executeTakeFirst();
  return row ?? null;
}
