import { sql } from 'kysely';
import type { ReturningChange } from '../audit/audit-log.js';
import type { Person } from './person.js';
import type { Clock } from '../kernel/clock.js';
import type { RandomSource } from '../kernel/random.js';
import type { Queryable } from '../storage/sql/sql-database.js';

/** Somebody as they were read. */
export type ReadPerson = Pick<Person, 'id' | 'version'>;

/**
 * The identifier a service knows a person by and nobody else does (SAML 2.0 core, 8.3.7): random, made at the first
 * visit, the same ever after. One statement, so that of parallel callers all get the one that was first. No row comes
 * back when the person is not as they were read any more.
 */
export function keptNameId(
  person: ReadPerson,
  relyingParty: string,
  deps: { random: RandomSource; clock: Clock },
): ReturningChange<{ value: string }> {
  // Hexadecimal, because there are services that do not tell upper from lower case.
  const value = deps.random.bytes(20).toString('hex');
  return (db) =>
    db
      .insertInto('saml_name_ids')
      .columns(['person_id', 'relying_party', 'value', 'created_at'])
      .expression(
        unchangedRow(db, person).select([
          'people.id',
          sql<string>`cast(${relyingParty} as text)`.as('relying_party'),
          sql<string>`cast(${value} as text)`.as('value'),
          sql<number>`cast(${deps.clock.now()} as bigint)`.as('created_at'),
        ]),
      )
      .onConflict((conflict) =>
        // Changes nothing: without an update there would be no row to return.
        conflict
          .columns(['person_id', 'relying_party'])
          .doUpdateSet((eb) => ({ value: eb.ref('saml_name_ids.value') })),
      )
      .returning('value');
}

/** Changes nothing; a row comes back only while the person is as they were read. */
export function unchangedPerson(person: ReadPerson): ReturningChange<{ id: string }> {
  return (db) => unchangedRow(db, person).select('people.id');
}

/** Their row, as long as they are as they were read and not disabled. */
export function unchangedRow(db: Queryable, { id, version }: ReadPerson) {
  return db
    .selectFrom('people')
    .where('people.id', '=', id)
    .where('people.record_version', '=', version)
    .where('people.disabled_at', 'is', null);
}
