import { sql } from 'kysely';
import type { SqlDatabase } from '../../storage/sql/sql-database.js';
import { lookupAlias, normaliseAlias } from '../alias.js';
import type { Person, PersonId } from '../person.js';
import { decoyIdPattern, isDecoy } from './decoy-people.js';
import { listColumns, personColumns, toPerson } from './person-row.js';

export interface PeopleQuery {
  /** Part of a name, or of a user name, mail address or UPN, without case. */
  search?: string;
  /** User name behind which to go on; the last one of the page before. */
  after?: string;
  limit: number;
}

/** Local people, read. Every method is one round trip. */
export interface PeopleReader {
  find(id: PersonId): Promise<Person | null>;
  /** By user name, mail address or UPN, as typed. */
  findByAlias(alias: string): Promise<Person | null>;
  /** By user name. */
  list(query: PeopleQuery): Promise<Person[]>;
  count(): Promise<number>;
}

export function createLocalPeopleReader(database: SqlDatabase): PeopleReader {
  const { db, dialect } = database;
  const people = () => db.selectFrom('people').select(personColumns).select(listColumns(dialect));

  return {
    async find(id) {
      const row = await people().where('people.id', '=', id).executeTakeFirst();
      return row === undefined || isDecoy(row.id) ? null : toPerson(row);
    },

    async findByAlias(alias) {
      const row = await people()
        .innerJoin('person_aliases', 'person_aliases.person_id', 'people.id')
        .where('person_aliases.alias', '=', lookupAlias(alias))
        .executeTakeFirst();
      return row === undefined ? null : toPerson(row);
    },

    async list({ search, after, limit }) {
      const rows = await people()
        .where('id', 'not like', decoyIdPattern)
        .$if(after !== undefined, (select) => select.where('username', '>', after as string))
        .$if(search !== undefined, (select) => select.where(matches(search as string)))
        .orderBy('username')
        .limit(limit)
        .execute();
      return rows.map(toPerson);
    },

    async count() {
      const row = await db
        .selectFrom('people')
        .select((select) => select.fn.countAll().as('count'))
        .where('id', 'not like', decoyIdPattern)
        .executeTakeFirstOrThrow();
      return Number(row.count);
    },
  };
}

/** SQLite lower-cases ASCII only, so a name is also compared as typed. */
function matches(search: string) {
  const [typed, folded] = [search.normalize('NFKC'), normaliseAlias(search)].map(
    (text) => `%${text.replace(/[\\%_]/g, '\\$&')}%`,
  );
  return sql<boolean>`(lower(name) like ${folded} escape '\\' or name like ${typed} escape '\\'
    or exists (select 1 from person_aliases
      where person_id = people.id and alias like ${folded} escape '\\'))`;
}
