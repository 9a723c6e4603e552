import type { Person } from '../directory/person.js';
import type { Queryable } from '../storage/sql/sql-database.js';

/** Has the person an app or device for codes, locked or not? */
export async function hasCodes(tx: Queryable, { id }: Pick<Person, 'id'>): Promise<boolean> {
  const row = await tx
    .selectFrom('otp_credentials')
    .select('id')
    .where('person_id', '=', id)
    .executeTakeFirst();
  return row !== undefined;
}
