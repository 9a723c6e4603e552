import { sql, type RawBuilder } from 'kysely';
import type { SqlDatabase } from '../storage/sql/sql-database.js';
import { attributeOfImmutableId, guidOfImmutableId } from './immutable-id.js';
import { personColumns, listColumns, toPerson } from './local/person-row.js';
import { fieldValues, isOwnField } from './person-field.js';
import type { Person, PersonId } from './person.js';

/**
 * Who else has a value in a field, disabled or not. Reads through everybody, so not for every request.
 * @param field as settings name it, `immutable-id:objectGUID` for instance
 */
export async function othersWithValue(
  { db, dialect }: Pick<SqlDatabase, 'db' | 'dialect'>,
  person: PersonId,
  { field, value }: { field: string; value: string },
): Promise<Person[]> {
  const rows = await db
    .selectFrom('people')
    .select(personColumns)
    .select(listColumns(dialect))
    .where('people.id', '!=', person)
    .where(mayHave(field, value))
    .execute();
  return rows.map(toPerson).filter((other) => fieldValues(other, field).includes(value));
}

/** More than those who have it: attributes are JSON text, and a GUID is written in several ways. */
function mayHave(field: string, value: string): RawBuilder<boolean> {
  if (field === 'groups') {
    return sql`exists (select 1 from person_groups
      where person_id = people.id and group_name = ${value})`;
  }
  if (isOwnField(field)) return sql`${sql.ref(`people.${field}`)} = ${value}`;
  const written = sql`people.attributes like ${anywhere(JSON.stringify(value).slice(1, -1))} escape '\\'`;
  const guid = attributeOfImmutableId(field) === null ? null : guidOfImmutableId(value);
  return guid === null
    ? sql`${written}`
    : sql`(${written} or lower(people.attributes) like ${anywhere(guid)} escape '\\')`;
}

const anywhere = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
