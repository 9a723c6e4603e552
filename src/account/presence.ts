import type { Request } from 'express';
import type { Directory } from '../directory/directory.js';
import type { Person } from '../directory/person.js';
import type { Session } from '../sessions/session.js';
import { personOf } from '../sessions/session-person.js';
import type { SessionStore, StoredSession } from '../sessions/session-store.js';
import type { EphemeralStore } from '../storage/ephemeral/ephemeral-store.js';

/** Somebody with a session in force, however strong. */
export interface Presence {
  session: Session;
  person: Person;
}

export interface PresenceDeps {
  currentSession: (request: Request) => Promise<StoredSession | null>;
  directory: Pick<Directory, 'find'>;
  sessions: Pick<SessionStore, 'touch'>;
  store: Pick<EphemeralStore, 'commit'>;
}

/**
 * Whose browser asks; `null` for everybody whose session is over, was made void (a new password, sign-out everywhere, a
 * phone taken out of use) or belongs to somebody who is disabled.
 */
export async function findPresence(deps: PresenceDeps, request: Request): Promise<Presence | null> {
  const current = await deps.currentSession(request);
  if (current === null) return null;
  const { session } = current;
  const person = await personOf(deps.directory, current);
  if (person === null) return null;
  const touch = deps.sessions.touch(current);
  // Whoever changed the session meanwhile has noted the visit, too.
  if (touch !== null) await deps.store.commit(touch.writes, touch.guards);
  return { session, person };
}
