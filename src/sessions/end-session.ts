import type { Participant, Session } from './session.js';
import type { SessionStore } from './session-store.js';

/**
 * Tells one participant that the session is over, in its protocol's way; registered per protocol by `server/`.
 * `visit`: only a browser that goes there can tell it. Throws when it cannot be told.
 */
export type ParticipantEnder = (
  participant: Participant,
  session: Session,
) => Promise<'told' | 'visit'>;

/** Participants by key (`<protocol>:<relying party>`). */
export interface EndedSession {
  /** Told, or certain to be told without anybody's help. */
  told: readonly string[];
  unreached: readonly string[];
  /** Only a browser can tell them. Where none can be sent, they are unreached too. */
  toVisit: readonly { key: string; participant: Participant }[];
}

/** @param asker key of the participant that asked for the end: it is not told what it said itself */
export type EndQuietly = (session: Session, asker?: string | null) => Promise<EndedSession>;

/**
 * Ends a session everywhere: the session first (nobody can use it from then on), then every participant. A
 * participant that cannot be told does not keep the others from being told.
 */
export function createSessionEnder(deps: {
  sessions: Pick<SessionStore, 'end'>;
  enders: ReadonlyMap<string, ParticipantEnder>;
}): EndQuietly {
  return async (session, asker = null) => {
    const last = await deps.sessions.end(session);
    const told: string[] = [];
    const unreached: string[] = [];
    const toVisit: { key: string; participant: Participant }[] = [];
    const all = Object.entries({ ...session.participants, ...last?.participants });
    await Promise.all(
      all.map(async ([key, participant]) => {
        if (key === asker) return;
        const end = deps.enders.get(participant.protocol);
        try {
          if (end === undefined) throw new Error(`no logout for protocol ${participant.protocol}`);
          if ((await end(participant, session)) === 'visit') toVisit.push({ key, participant });
          else told.push(key);
        } catch {
          unreached.push(key);
        }
      }),
    );
    return { told, unreached, toVisit };
  };
}
