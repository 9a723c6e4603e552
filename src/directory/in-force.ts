import { sql, type RawBuilder } from 'kysely';
import type { Person } from './person.js';

/**
 * Is the person not disabled, and has nothing made void what was issued to them since they were read? As a condition
 * inside a statement, so that it holds at the very moment of the change and costs no round trip.
 */
export function isInForce({ id, epoch }: Pick<Person, 'id' | 'epoch'>): RawBuilder<boolean> {
  return sql`exists (select 1 from people where people.id = ${id}
    and people.epoch = cast(${epoch} as bigint) and people.disabled_at is null)`;
}
