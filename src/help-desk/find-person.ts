import type { PeopleReader } from '../directory/local/read-people.js';
import type { Person } from '../directory/person.js';
import type { DeviceReader } from '../devices/device-store.js';
import type { Profile } from '../devices/profile.js';
import { readPrefixedId } from '../kernel/prefixed-id.js';
import { HelpDeskProblem } from './problem.js';

export interface FindDeps {
  reader: Pick<PeopleReader, 'find' | 'findByAlias'>;
  devices: Pick<DeviceReader, 'profile'>;
  /** Groups whose people are left to the command line. */
  protectedGroups: readonly string[];
}

export const isProtected = (
  { groups }: Pick<Person, 'groups'>,
  { protectedGroups }: Pick<FindDeps, 'protectedGroups'>,
): boolean => groups.some((group) => protectedGroups.includes(group));

/**
 * By user name, mail address or UPN.
 * @throws HelpDeskProblem 404
 */
export async function findPerson({ reader }: FindDeps, named: string): Promise<Person> {
  const person = await reader.findByAlias(named);
  if (person === null) throw new HelpDeskProblem('unknown_person');
  return person;
}

/** As `findPerson`, for those who mean to change something. @throws HelpDeskProblem 404, 403 */
export async function findPersonToChange(deps: FindDeps, named: string): Promise<Person> {
  return changeable(deps, await findPerson(deps, named));
}

/** A phone in use or not, with whose it is. @throws HelpDeskProblem 404, 403 */
export async function findProfileToChange(
  deps: FindDeps,
  named: string,
): Promise<{ profile: Profile; person: Person }> {
  const id = readPrefixedId('prf', named);
  const profile = id === null ? null : await deps.devices.profile(id);
  const person = profile === null ? null : await deps.reader.find(profile.person);
  if (profile === null || person === null) throw new HelpDeskProblem('not_found');
  return { profile, person: changeable(deps, person) };
}

function changeable(deps: FindDeps, person: Person): Person {
  if (!isProtected(person, deps)) return person;
  throw new HelpDeskProblem('person_protected', { person: person.id });
}
