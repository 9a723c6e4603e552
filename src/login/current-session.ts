import type { IncomingMessage } from 'node:http';
import type { SessionStore, StoredSession } from '../sessions/session-store.js';
import type { Cookies } from '../web/cookies.js';

/** The session of a request's cookie. Its person's epoch is checked by whoever lets them in. */
export function createCurrentSession(deps: {
  sessions: SessionStore;
  cookies: Cookies;
}): (request: Pick<IncomingMessage, 'headers'>) => Promise<StoredSession | null> {
  return (request) => deps.sessions.find(deps.cookies.read(request, 'session') ?? undefined);
}
