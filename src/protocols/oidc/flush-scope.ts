import { DrawbridgeError } from '../../kernel/errors.js';
import type { SessionStore, StoredSession } from '../../sessions/session-store.js';
import type {
  EphemeralGuard,
  EphemeralStore,
  EphemeralWrite,
} from '../../storage/ephemeral/ephemeral-store.js';
import type { OidcRequestScope } from './request-scope.js';

/**
 * Writes what a request produced (codes, tokens, the clients its session entered) in one atomic step. When the
 * session was ended in the meantime nothing is written, so no code leaves for it.
 * @throws DrawbridgeError `session_ended`; `sign_in_expired` when what is resumed has been used up meanwhile
 */
export async function flushScope(
  scope: OidcRequestScope,
  deps: { sessions: SessionStore; store: EphemeralStore },
): Promise<void> {
  const { writes, guards, entered, session } = scope;
  if (session === null) {
    if (writes.length > 0 && !(await deps.store.commit(writes, guards))) throw usedUp();
    return;
  }
  if (writes.length === 0 && Object.keys(entered).length === 0) {
    // Only keeps the session awake, now and then; whoever was faster has done so, too.
    const touch = deps.sessions.touch(session);
    if (touch !== null) await deps.store.commit(touch.writes, touch.guards);
    return;
  }
  let current: StoredSession | null = session;
  for (let attempt = 0; attempt < MOST_ATTEMPTS && current !== null; attempt += 1) {
    const change = changeOf(current, entered, deps.sessions);
    const all = [...guards, ...change.guards];
    if (await deps.store.commit([...writes, ...change.writes], all)) return;
    const before: string = current.stored;
    current = await deps.sessions.findById(session.session.id);
    if (current?.stored === before) throw usedUp();
  }
  throw new DrawbridgeError('session_ended', 'the session ended while a code was being issued', {
    status: 400,
  });
}

const usedUp = () =>
  new DrawbridgeError('sign_in_expired', 'the sign-in has been resumed already', { status: 400 });

/** What becomes of the session; guarded in any case, so that nothing leaves for one that is over. */
function changeOf(
  current: StoredSession,
  entered: OidcRequestScope['entered'],
  sessions: SessionStore,
): { writes: EphemeralWrite[]; guards: EphemeralGuard[] } {
  if (Object.keys(entered).length > 0) {
    return sessions.change(current, {
      participants: { ...current.session.participants, ...entered },
    });
  }
  const { guards } = sessions.change(current, {});
  return { writes: sessions.touch(current)?.writes ?? [], guards };
}

const MOST_ATTEMPTS = 10;
