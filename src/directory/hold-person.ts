import type { Queryable } from '../storage/sql/sql-database.js';
import { isAsRead } from './in-force.js';
import type { Person } from './person.js';

/** As their row stands in the transaction that holds it. */
export type HeldPerson = Pick<Person, 'epoch' | 'disabled'>;

/**
 * Holds a person's row until the transaction ends, for whoever decides by what else is theirs (is this their first factor, is
 * there room for another phone) or changes them and their phones together: first of all, so that no two wait for each other.
 *
 * It is written to, not only locked. On PostgreSQL neither of two parallel transactions sees what the other adds, and a row
 * that was locked alone undoes none of them; of two that write to it, one is undone and starts over. SQLite has one writer.
 * @returns `null`: there is no such person
 */
export async function holdPerson(tx: Queryable, id: Person['id']): Promise<HeldPerson | null> {
  const row = await tx
    .updateTable('people')
    .set(({ ref }) => ({ epoch: ref('epoch') }))
    .where('id', '=', id)
    .returning(['epoch', 'disabled_at'])
    .executeTakeFirst();
  return row === undefined ? null : { epoch: row.epoch, disabled: row.disabled_at !== null };
}

/**
 * As `holdPerson`, for whoever was judged before the transaction: are they in force, and nothing issued to them void since they
 * were read? Otherwise nobody is held.
 */
export async function holdAsRead(
  tx: Queryable,
  person: Pick<Person, 'id' | 'epoch' | 'endedCredentials'>,
): Promise<boolean> {
  const held = await tx
    .updateTable('people')
    .set(({ ref }) => ({ epoch: ref('epoch') }))
    .where('id', '=', person.id)
    .where(isAsRead(person))
    .returning('id')
    .executeTakeFirst();
  return held !== undefined;
}
