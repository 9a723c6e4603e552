import type { Person } from '../directory/person.js';
import type { Queryable, SqlDatabase } from '../storage/sql/sql-database.js';

/**
 * Is the person in force? On PostgreSQL their row is held until the transaction ends, so that two first factors cannot
 * be added side by side, of whichever kind; SQLite has one writer anyway.
 */
export async function holdPerson(
  tx: Queryable,
  dialect: SqlDatabase['dialect'],
  person: Pick<Person, 'id' | 'epoch'>,
): Promise<boolean> {
  const row = await tx
    .selectFrom('people')
    .select('id')
    .where('id', '=', person.id)
    .where('epoch', '=', person.epoch)
    .where('disabled_at', 'is', null)
    .$if(dialect === 'postgres', (select) => select.forUpdate())
    .executeTakeFirst();
  return row !== undefined;
}

/** Has the person an app or device for codes, locked or not? */
export async function hasCodes(tx: Queryable, { id }: Pick<Person, 'id'>): Promise<boolean> {
  const row = await tx
    .selectFrom('otp_credentials')
    .select('id')
    .where('person_id', '=', id)
    .executeTakeFirst();
  return row !== undefined;
}
