import { sql } from 'kysely';
import type { SqlDatabase } from '../../storage/sql/sql-database.js';
import { normaliseAlias } from '../alias.js';
import type { Person } from '../person.js';
import { decoyIdPattern } from './decoy-people.js';
import { groupsColumn, personColumns, toPerson } from './person-row.js';

export interface PeopleQuery {
  /** Part of a name, or of a user name, mail address or UPN, without case. */
  search?: string;
  /** User name behind which to go on; the last one of the page before. */
  after?: string;
  limit: number;
}

/** People by user name. One round trip. */
export async function listPeople(database: SqlDatabase, query: PeopleQuery): Promise<Person[]> {
  const { search, after, limit } = query;
  const rows = await database.db
    .selectFrom('people')
    .select(personColumns)
    .select(groupsColumn(database.dialect).as('groups'))
    .where('id', 'not like', decoyIdPattern)
    .$if(after !== undefined, (select) => select.where('username', '>', after as string))
    .$if(search !== undefined, (select) => select.where(matches(search as string)))
    .orderBy('username')
    .limit(limit)
    .execute();
  return rows.map(toPerson);
}

export async function countPeople(database: SqlDatabase): Promise<number> {
  const row = await database.db
    .selectFrom('people')
    .select((select) => select.fn.countAll().as('count'))
    .where('id', 'not like', decoyIdPattern)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

function matches(search: string) {
  const pattern = `%${normaliseAlias(search).replace(/[\\%_]/g, '\\$&')}%`;
  return sql<boolean>`(lower(name) like ${pattern} escape '\\' or exists (
    select 1 from person_aliases where person_id = people.id and alias like ${pattern} escape '\\'))`;
}
