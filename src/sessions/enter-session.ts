import type {
  EphemeralGuard,
  EphemeralStore,
  EphemeralWrite,
} from '../storage/ephemeral/ephemeral-store.js';
import type { Participant, Session } from './session.js';
import type { SessionStore, StoredSession } from './session-store.js';

/** A session changes when its browser enters another service; more often at once no browser does. */
const MOST_ATTEMPTS = 10;

/**
 * Notes a service among those to be told when the session ends, and commits what else depends on that (a sign-in that
 * is used up by it) in the same step.
 * @param participantOf what is to be noted in the session as it is now
 * @returns `null` when the session has ended already: nothing may be issued on it then. `used-up`: somebody was faster
 *   with what else was to be committed
 */
export async function enterSession(
  deps: { sessions: SessionStore; store: EphemeralStore },
  judged: StoredSession,
  key: string,
  participantOf: (session: Session) => Participant,
  use: { writes: readonly EphemeralWrite[]; guards: readonly EphemeralGuard[] } | null,
): Promise<Session | null | 'used-up'> {
  let current: StoredSession | null = judged;
  for (let attempt = 0; attempt < MOST_ATTEMPTS && current !== null; attempt += 1) {
    const { participants } = current.session;
    const next = deps.sessions.change(current, {
      participants: { ...participants, [key]: participantOf(current.session) },
    });
    const writes = [...next.writes, ...(use?.writes ?? [])];
    const guards = [...next.guards, ...(use?.guards ?? [])];
    if (await deps.store.commit(writes, guards)) return next.session;
    const newest: StoredSession | null = await deps.sessions.findById(current.session.id);
    // The session is as it was, so it is the other thing that is gone.
    if (newest?.stored === current.stored) return 'used-up';
    current = newest;
  }
  return null;
}
