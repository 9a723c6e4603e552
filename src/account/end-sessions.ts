import type { EndedSession } from '../sessions/end-session.js';
import type { Session } from '../sessions/session.js';

/** Ends a session, tells its relying parties and writes the audit row. */
export type EndSession = (session: Session, clientAddress: string) => Promise<EndedSession>;

/** Ends several. What comes back are the participants (`<protocol>:<relying party>`) that could not be told, each once. */
export async function endSessions(
  endSession: EndSession,
  sessions: readonly Session[],
  clientAddress: string,
): Promise<string[]> {
  const ended = await Promise.all(sessions.map((session) => endSession(session, clientAddress)));
  return [...new Set(ended.flatMap(({ unreached }) => unreached))];
}
