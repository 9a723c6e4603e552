import type { Queryable, SqlDatabase } from '../../storage/sql/sql-database.js';
import { normaliseAlias } from '../alias.js';
import { listColumns, personColumns, toPerson } from '../local/person-row.js';
import { chunks, rowsAtOnce } from '../local/person-writes.js';
import type { Person } from '../person.js';

export interface ExistingPerson {
  person: Person;
  passwordHash: string | null;
}

/** The people that have these normalised user names, mail addresses or UPNs, by each of them. */
export async function findExistingPeople(
  tx: Queryable,
  dialect: SqlDatabase['dialect'],
  aliases: readonly string[],
): Promise<Map<string, ExistingPerson>> {
  const found = new Map<string, ExistingPerson>();
  for (const some of chunks(aliases, rowsAtOnce)) {
    const rows = await tx
      .selectFrom('person_aliases')
      .innerJoin('people', 'people.id', 'person_aliases.person_id')
      .select(personColumns)
      .select(listColumns(dialect))
      .select(['person_aliases.alias', 'people.password_hash'])
      .where('person_aliases.alias', 'in', some)
      .execute();
    for (const row of rows) {
      found.set(row.alias, { person: toPerson(row), passwordHash: row.password_hash });
    }
  }
  return found;
}

/** Does this alias lead to the person as their user name? */
export function isUsername({ person }: ExistingPerson, alias: string): boolean {
  return normaliseAlias(person.username) === alias;
}
