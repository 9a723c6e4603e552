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

/**
 * As `isInForce`, and no credential was taken out of use together with what it opened: a session that was judged when the
 * person was read is worth as much now.
 */
export function isAsRead(
  person: Pick<Person, 'id' | 'epoch' | 'endedCredentials'>,
): RawBuilder<boolean> {
  const { id, endedCredentials: known = [] } = person;
  const unknown = known.length === 0 ? sql`` : sql`and credential not in (${sql.join(known)})`;
  return sql`${isInForce(person)} and not exists
    (select 1 from ended_credentials where person_id = ${id} ${unknown})`;
}
