import { DependencyUnavailable } from '../kernel/errors.js';
import type { NoteEnd } from './ended-sessions.js';
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
 * participant that cannot be told does not keep the others from being told. What ends the session is its durable mark: a
 * short-lived store that is away, or forgets later what it was told, keeps nothing alive.
 */
export function createSessionEnder(deps: {
  noteEnd: NoteEnd;
  sessions: Pick<SessionStore, 'end'>;
  enders: ReadonlyMap<string, ParticipantEnder>;
}): EndQuietly {
  return async (session, asker = null) => {
    await deps.noteEnd(session);
    const last = await deps.sessions.end(session).catch(orUnavailable);
    const all = Object.entries({ ...session.participants, ...last?.participants });
    const ended = await Promise.all(
      all
        .filter(([key]) => key !== asker)
        .map(async ([key, participant]) => {
          const end = deps.enders.get(participant.protocol);
          const outcome = (await end?.(participant, session).catch(() => null)) ?? 'unreached';
          return { key, participant, outcome };
        }),
    );
    const keysOf = (wanted: string) =>
      ended.filter(({ outcome }) => outcome === wanted).map(({ key }) => key);
    const toVisit = ended
      .filter(({ outcome }) => outcome === 'visit')
      .map(({ key, participant }) => ({ key, participant }));
    return { told: keysOf('told'), unreached: keysOf('unreached'), toVisit };
  };
}

/** Whom the session had entered when it was read is known, and told. */
function orUnavailable(error: unknown): null {
  if (error instanceof DependencyUnavailable) return null;
  throw error;
}
