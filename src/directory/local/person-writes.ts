import type { Queryable } from '../../storage/sql/sql-database.js';
import type { PeopleTable } from '../../storage/sql/tables.js';
import { aliasesOf } from '../alias.js';
import { AliasTaken } from '../person-errors.js';
import { normaliseGroup, type PersonFields } from '../person-fields.js';
import type { PersonId } from '../person.js';

/** Rows a statement takes at once; SQLite bounds the parameters of one statement. */
export const rowsAtOnce = 500;

/** People begin at this epoch. */
export const firstEpoch = 1;

export interface NewPersonRow extends PersonFields {
  id: PersonId;
  passwordHash: string | null;
}

/**
 * These write the tables of people, aliases and groups in the caller's transaction. Fields are taken as checked.
 * @throws AliasTaken when somebody has one of the user names already
 */
export async function insertPeople(
  tx: Queryable,
  people: readonly NewPersonRow[],
  now: number,
): Promise<void> {
  for (const some of chunks(people, 200)) {
    const inserted = await tx
      .insertInto('people')
      .values(some.map((person) => newRow(person, now)))
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .execute();
    if (inserted.length === some.length) continue;
    const done = new Set(inserted.map(({ id }) => id));
    const refused = some.filter(({ id }) => !done.has(id));
    throw new AliasTaken(refused.map(({ username }) => username));
  }
}

/**
 * @throws AliasTaken when somebody has one of them already, or two of these people share one
 */
export async function insertAliases(
  tx: Queryable,
  people: readonly (Pick<PersonFields, 'username' | 'mail' | 'upn'> & { id: PersonId })[],
): Promise<void> {
  const wanted = people.flatMap((person) =>
    aliasesOf(person).map((alias) => ({ alias, person_id: person.id })),
  );
  const taken: string[] = [];
  for (const some of chunks(wanted, rowsAtOnce)) {
    const inserted = await tx
      .insertInto('person_aliases')
      .values(some)
      .onConflict((conflict) => conflict.doNothing())
      .returning('alias')
      .execute();
    if (inserted.length === some.length) continue;
    const free = new Set(inserted.map(({ alias }) => alias));
    taken.push(...some.map(({ alias }) => alias).filter((alias) => !free.has(alias)));
  }
  if (taken.length > 0) throw new AliasTaken(taken);
}

export async function deleteAliases(tx: Queryable, ids: readonly PersonId[]): Promise<void> {
  for (const some of chunks(ids, rowsAtOnce)) {
    await tx.deleteFrom('person_aliases').where('person_id', 'in', some).execute();
  }
}

/** Sets the groups of these people, making groups that are missing. */
export async function replaceGroups(
  tx: Queryable,
  people: readonly { id: PersonId; groups: readonly string[] }[],
  now: number,
): Promise<void> {
  const memberships = people.flatMap(({ id, groups }) =>
    [...new Set(groups.map(normaliseGroup))].map((name) => ({ person_id: id, group_name: name })),
  );
  const names = [...new Set(memberships.map(({ group_name }) => group_name))];
  for (const some of chunks(names, rowsAtOnce)) {
    await tx
      .insertInto('groups')
      .values(some.map((name) => ({ name, created_at: now })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  for (const some of chunks(people, rowsAtOnce)) {
    const ids = some.map(({ id }) => id);
    await tx.deleteFrom('person_groups').where('person_id', 'in', ids).execute();
  }
  for (const some of chunks(memberships, rowsAtOnce)) {
    await tx.insertInto('person_groups').values(some).execute();
  }
}

export function* chunks<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

function newRow(person: NewPersonRow, now: number): PeopleTable {
  return {
    id: person.id,
    username: person.username,
    name: person.name,
    mail: person.mail,
    upn: person.upn,
    attributes: JSON.stringify(person.attributes),
    locale: person.locale,
    epoch: firstEpoch,
    disabled_at: null,
    created_at: now,
    updated_at: now,
    record_version: 1,
    password_hash: person.passwordHash,
    password_changed_at: person.passwordHash === null ? null : now,
    password_change_demanded_at: null,
    password_failures: 0,
    password_failed_at: null,
    password_locked_until: null,
    known_browser_failures: 0,
    known_browser_failed_at: null,
    known_browser_locked_until: null,
    password_failures_total: 0,
  };
}
