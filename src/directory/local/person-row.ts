import { sql, type RawBuilder } from 'kysely';
import type { SqlDatabase } from '../../storage/sql/sql-database.js';
import type { PeopleTable } from '../../storage/sql/tables.js';
import type { Person, PersonId } from '../person.js';

/** The columns that make a `Person`, all qualified, for SELECT and RETURNING alike. */
export const personColumns = [
  'people.id',
  'people.username',
  'people.name',
  'people.mail',
  'people.upn',
  'people.attributes',
  'people.locale',
  'people.epoch',
  'people.disabled_at',
  'people.record_version',
] as const;

export type PersonRow = Pick<
  PeopleTable,
  | 'id'
  | 'username'
  | 'name'
  | 'mail'
  | 'upn'
  | 'attributes'
  | 'locale'
  | 'epoch'
  | 'disabled_at'
  | 'record_version'
> & { groups: string };

/** The groups of the row's person as a JSON list, so that they cost no round trip of their own. */
export function groupsColumn(dialect: SqlDatabase['dialect']): RawBuilder<string> {
  return dialect === 'postgres'
    ? sql`(select coalesce(json_agg(group_name), '[]')::text from person_groups where person_id = people.id)`
    : sql`(select json_group_array(group_name) from person_groups where person_id = people.id)`;
}

export function toPerson(row: PersonRow): Person {
  return {
    id: row.id as PersonId,
    username: row.username,
    name: row.name,
    mail: row.mail,
    upn: row.upn,
    groups: (JSON.parse(row.groups) as string[]).sort(),
    attributes: JSON.parse(row.attributes) as Record<string, string[]>,
    locale: row.locale,
    epoch: row.epoch,
    disabled: row.disabled_at !== null,
    version: row.record_version,
  };
}
