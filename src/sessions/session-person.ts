import type { Directory } from '../directory/directory.js';
import type { Person } from '../directory/person.js';
import type { StoredSession } from './session-store.js';

/** Whom a session stands for, unless they are disabled or everything issued before has been voided since. */
export async function personOf(
  directory: Pick<Directory, 'find'>,
  stored: StoredSession,
): Promise<Person | null> {
  const person = await directory.find(stored.session.person);
  return person !== null && holds(stored, person) ? person : null;
}

export function holds({ session }: Pick<StoredSession, 'session'>, person: Person): boolean {
  return session.person === person.id && session.epoch === person.epoch && !person.disabled;
}
