import { sql } from 'kysely';
import type { AuditEvent } from '../audit/audit-event.js';
import type { AuditLog, ReturningChange } from '../audit/audit-log.js';
import type { Clock } from '../kernel/clock.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';
import { othersWithValue } from './carriers-of-value.js';
import { unchangedPerson, unchangedRow, type ReadPerson } from './kept-name-id.js';
import { isUnsharedField } from './person-field.js';
import type { Person, PersonId } from './person.js';

/** What a service knows a person by, where that stands in a field of theirs. */
export interface FieldIdentifier {
  /** Entity id or realm of the service. */
  audience: string;
  /** As settings name it. */
  field: string;
  value: string;
  /** Whether the service could be told of somebody else, who then must not have it too. Absent: of everybody. */
  couldBe?: (other: Pick<Person, 'upn'>) => boolean;
}

export interface FieldIdentifierDeps {
  audit: AuditLog;
  clock: Clock;
  database: SqlDatabase;
}

/** `sharedWith`: somebody else is known by it, or has it in the same field. */
export type RecordedIdentifier = 'recorded' | 'person-changed' | { sharedWith: PersonId };

/**
 * Writes the row that tells of an assertion by such an identifier, if it is this person's alone: a service takes two people
 * with one identifier for the same. Whoever it was first asserted of keeps it, and it passes to somebody else only when the
 * holder does not have it in that field any more; the row then says from whom. One round trip but for the first time.
 */
export async function recordByFieldIdentifier(
  deps: FieldIdentifierDeps,
  person: ReadPerson,
  identifier: FieldIdentifier,
  event: AuditEvent,
): Promise<RecordedIdentifier> {
  const { audit, database } = deps;
  if (isUnsharedField(identifier.field)) {
    const row = await audit.recordWithChange(unchangedPerson(person), event);
    return row === null ? 'person-changed' : 'recorded';
  }
  if ((await audit.recordWithChange(heldBy(person, identifier), event)) !== null) return 'recorded';
  const others = await othersWithValue(database, person.id, identifier);
  const holder = await holderOf(database, identifier);
  const other = others.find((one) => one.id === holder || (identifier.couldBe?.(one) ?? true));
  if (other !== undefined) return { sharedWith: other.id };
  const told =
    holder === null || holder === person.id
      ? event
      : { ...event, data: { ...event.data, name_id_from: holder } };
  const taken = takenBy(person, identifier, holder ?? person.id, deps.clock.now());
  return (await audit.recordWithChange(taken, told)) === null ? 'person-changed' : 'recorded';
}

/** Changes nothing; a row comes back only for the holder, while they are as they were read. */
function heldBy(
  person: ReadPerson,
  { audience, value }: FieldIdentifier,
): ReturningChange<{ id: string }> {
  return (db) =>
    unchangedRow(db, person)
      .innerJoin('field_identifiers', 'field_identifiers.person_id', 'people.id')
      .where('field_identifiers.audience', '=', audience)
      .where('field_identifiers.value', '=', value)
      .select('people.id');
}

async function holderOf(
  { db }: SqlDatabase,
  { audience, value }: FieldIdentifier,
): Promise<string | null> {
  const row = await db
    .selectFrom('field_identifiers')
    .select('person_id')
    .where('audience', '=', audience)
    .where('value', '=', value)
    .executeTakeFirst();
  return row?.person_id ?? null;
}

/** One statement; no row comes back when the person is not as they were read, or another holder than `from` was faster. */
function takenBy(
  person: ReadPerson,
  { audience, value }: FieldIdentifier,
  from: string,
  now: number,
): ReturningChange<{ person_id: string }> {
  return (db) =>
    db
      .insertInto('field_identifiers')
      .columns(['audience', 'value', 'person_id', 'since'])
      .expression(
        unchangedRow(db, person).select([
          sql<string>`cast(${audience} as text)`.as('audience'),
          sql<string>`cast(${value} as text)`.as('value'),
          'people.id as person_id',
          sql<number>`cast(${now} as bigint)`.as('since'),
        ]),
      )
      .onConflict((conflict) =>
        conflict
          .columns(['audience', 'value'])
          .doUpdateSet((eb) => ({
            person_id: eb.ref('excluded.person_id'),
            since: eb.ref('excluded.since'),
          }))
          .where('field_identifiers.person_id', 'in', [from, person.id]),
      )
      .returning('field_identifiers.person_id');
}
