import type { Person, PersonId } from '../../directory/person.js';
import { fieldValues } from '../../directory/person-field.js';

/** Who else has an ImmutableID: their UPNs or user names, by person. Nobody of them is asserted by it unless they had it first. */
export type AlsoOf = (person: Person) => readonly string[];

/**
 * Looks through everybody, whatever domain they are of: at Microsoft two people with one ImmutableID are the same, and here
 * the second one is refused.
 */
export async function sharedImmutableIds(
  people: AsyncIterable<Person>,
  immutableIdField: string,
): Promise<AlsoOf> {
  const holders = new Map<string, { id: PersonId; name: string }[]>();
  for await (const person of people) {
    const name = person.upn ?? person.username;
    for (const value of new Set(fieldValues(person, immutableIdField))) {
      holders.set(value, [...(holders.get(value) ?? []), { id: person.id, name }]);
    }
  }
  return (person) =>
    fieldValues(person, immutableIdField)
      .flatMap((value) => holders.get(value) ?? [])
      .filter(({ id }) => id !== person.id)
      .map(({ name }) => name);
}
