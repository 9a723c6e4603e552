import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { SqlDatabase } from '../storage/sql/sql-database.js';
import type { ReturningChange } from './audit-log.js';
import type { UnsealedRow } from './audit-row.js';

/**
 * Runs a change and writes its audit row, both or neither, and neither when the change touches no row.
 * PostgreSQL does it in one statement and so in one round trip; SQLite, where a round trip costs nothing, in
 * a transaction. The change must not have a WITH clause of its own that writes: PostgreSQL allows those at the
 * top level only.
 */
export async function changeWithRow<Row>(
  database: SqlDatabase,
  change: ReturningChange<Row>,
  row: UnsealedRow,
): Promise<Row | null> {
  if (database.dialect === 'postgres') {
    const { rows } = await changeAndInsert<Row>(change(database.db), row).execute(database.db);
    return rows[0] ?? null;
  }
  return database.transaction(async (tx) => {
    const changed = await change(tx).executeTakeFirst();
    if (changed === undefined) return null;
    await tx.insertInto('audit_events').values(row).execute();
    return changed;
  });
}

function changeAndInsert<Row>(change: unknown, row: UnsealedRow): RawBuilder<Row> {
  return sql<Row>`with change as (${change}), event as (
    insert into audit_events
      (reference, at, kind, person_id, relying_party, reason, client_address, data)
    select ${row.reference}, ${row.at}, ${row.kind}, ${row.person_id}, ${row.relying_party},
      ${row.reason}, ${row.client_address}, ${row.data}
    from change limit 1
  ) select * from change limit 1`;
}
