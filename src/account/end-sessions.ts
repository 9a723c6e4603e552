import type { EndSession } from '../logout/sign-out.js';
import type { Session } from '../sessions/session.js';

/** Ends several without a browser at hand: whom only a browser could tell is in the audit rows, and nowhere else. */
export async function endSessions(
  endSession: EndSession,
  sessions: readonly Session[],
  clientAddress: string,
): Promise<void> {
  await Promise.all(sessions.map((session) => endSession(session, clientAddress)));
}
