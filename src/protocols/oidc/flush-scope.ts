import { DrawbridgeError } from '../../kernel/errors.js';
import type { SessionStore, StoredSession } from '../../sessions/session-store.js';
import type { EphemeralStore, EphemeralWrite } from '../../storage/ephemeral/ephemeral-store.js';
import type { OidcRequestScope } from './request-scope.js';

/**
 * Writes what a request produced (codes, tokens, the clients its session entered) in one atomic step. When the
 * session was ended in the meantime nothing is written, so no code leaves for it.
 * @throws DrawbridgeError `session_ended`
 */
export async function flushScope(
  scope: OidcRequestScope,
  deps: { sessions: SessionStore; store: EphemeralStore },
): Promise<void> {
  const { writes, entered, session } = scope;
  if (session === null) {
    if (writes.length > 0) await deps.store.commit(writes);
    return;
  }
  if (Object.keys(entered).length === 0) {
    await commitVisit(session, writes, deps);
    return;
  }
  let current: typeof session | null = session;
  for (let attempt = 0; attempt < MOST_ATTEMPTS && current !== null; attempt += 1) {
    const participants = { ...current.session.participants, ...entered };
    const change = deps.sessions.change(current, { participants });
    if (await deps.store.commit([...writes, ...change.writes], change.guards)) return;
    current = await deps.sessions.findById(session.session.id);
  }
  throw new DrawbridgeError('session_ended', 'the session ended while a code was being issued', {
    status: 400,
  });
}

/** A visit that enters no new client only keeps the session awake, now and then; somebody else may have done so. */
async function commitVisit(
  session: StoredSession,
  writes: readonly EphemeralWrite[],
  deps: { sessions: SessionStore; store: EphemeralStore },
): Promise<void> {
  const touch = deps.sessions.touch(session);
  if (touch !== null && (await deps.store.commit([...writes, ...touch.writes], touch.guards)))
    return;
  if (writes.length > 0) await deps.store.commit(writes);
}

const MOST_ATTEMPTS = 10;
