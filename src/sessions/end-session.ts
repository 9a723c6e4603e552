import type { Participant, Session } from './session.js';
import type { SessionStore } from './session-store.js';

/** Tells one participant that the session is over, in its protocol's way; registered per protocol by `server/`. */
export type ParticipantEnder = (participant: Participant, session: Session) => Promise<void>;

export interface EndedSession {
  /** Participants that could not be told, by key. */
  unreached: readonly string[];
}

/**
 * Ends a session everywhere: the session first (nobody can use it from then on), then every participant. A
 * participant that cannot be told does not keep the others from being told.
 */
export function createSessionEnder(deps: {
  sessions: SessionStore;
  enders: ReadonlyMap<string, ParticipantEnder>;
}): (session: Session) => Promise<EndedSession> {
  return async (session) => {
    const last = await deps.sessions.end(session);
    const unreached: string[] = [];
    await Promise.all(
      Object.entries({ ...session.participants, ...last?.participants }).map(
        async ([key, participant]) => {
          const end = deps.enders.get(participant.protocol);
          try {
            if (end === undefined)
              throw new Error(`no logout for protocol ${participant.protocol}`);
            await end(participant, session);
          } catch {
            unreached.push(key);
          }
        },
      ),
    );
    return { unreached };
  };
}
