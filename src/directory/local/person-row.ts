import { sql, type AliasedRawBuilder, type RawBuilder } from 'kysely';
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
> & { groups: string; ended_credentials: string; ended_sessions: string };

/**
 * What the row's person has several of, each as a JSON list, so that it costs no round trip of its own: groups,
 * credentials that ended together with whatever was opened by them, and sessions that were ended.
 */
export function listColumns(
  dialect: SqlDatabase['dialect'],
): [
  AliasedRawBuilder<string, 'groups'>,
  AliasedRawBuilder<string, 'ended_credentials'>,
  AliasedRawBuilder<string, 'ended_sessions'>,
] {
  const list = (column: string): RawBuilder<string> =>
    dialect === 'postgres'
      ? sql`coalesce(json_agg(${sql.ref(column)}), '[]')::text`
      : sql`json_group_array(${sql.ref(column)})`;
  return [
    sql<string>`(select ${list('group_name')} from person_groups where person_id = people.id)`.as(
      'groups',
    ),
    sql<string>`(select ${list('credential')} from ended_credentials where person_id = people.id)`.as(
      'ended_credentials',
    ),
    sql<string>`(select ${list('session')} from ended_sessions where person_id = people.id)`.as(
      'ended_sessions',
    ),
  ];
}

export function toPerson(row: PersonRow): Person {
  const ended = JSON.parse(row.ended_credentials) as string[];
  const endedSessions = JSON.parse(row.ended_sessions) as string[];
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
    ...(ended.length === 0 ? {} : { endedCredentials: ended }),
    ...(endedSessions.length === 0 ? {} : { endedSessions }),
  };
}
