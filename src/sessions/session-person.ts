import type { Directory } from '../directory/directory.js';
import type { Person } from '../directory/person.js';
import { credentialsIn, type Proofs } from './credentials-in.js';
import type { FactorEvent } from './factor-event.js';
import type { Session } from './session.js';
import type { StoredSession } from './session-store.js';

/** Whom a session stands for, unless it counts for nothing any more. */
export async function personOf(
  directory: Pick<Directory, 'find'>,
  stored: StoredSession,
): Promise<Person | null> {
  const person = await directory.find(stored.session.person);
  return person !== null && holds(stored, person) ? person : null;
}

/** A session as it was read, or proofs (`id: null`) that belong to none. */
export type Judged = Pick<Session, 'person' | 'epoch'> & Proofs & { id: Session['id'] | null };

/** Is the person not disabled, and is the session still worth something to them? */
export function holds({ session }: { session: Judged }, person: Person): boolean {
  return isCurrent(session, person) && !person.disabled;
}

/**
 * Is a session this person's, not ended, and has nothing made void what it rests on? Everything issued before is void
 * after a new epoch; what was opened with one credential is void when that credential has ended so.
 */
export function isCurrent(
  session: Judged,
  person: Pick<Person, 'id' | 'epoch' | 'endedCredentials' | 'endedSessions'>,
): boolean {
  return (
    session.person === person.id &&
    session.epoch === person.epoch &&
    (session.id === null || person.endedSessions?.includes(session.id) !== true) &&
    credentialsIn(session).every((credential) => isWorthSomething({ credential }, person))
  );
}

/** Has the credential that proved this not been taken out of use together with what it opened? */
export function isWorthSomething(
  { credential }: Pick<FactorEvent, 'credential'>,
  { endedCredentials = [] }: Pick<Person, 'endedCredentials'>,
): boolean {
  return credential === undefined || !endedCredentials.includes(credential);
}
