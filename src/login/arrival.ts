import type { Request } from 'express';
import type { FailureReason } from '../audit/failure-reasons.js';
import type { Directory } from '../directory/directory.js';
import type { Person } from '../directory/person.js';
import { holds, personOf } from '../sessions/session-person.js';
import type { StoredSession } from '../sessions/session-store.js';
import type { EphemeralStore } from '../storage/ephemeral/ephemeral-store.js';
import type { BrowserSecrets } from '../web/browser-secret.js';
import { readSignInId, type EndedSignIn, type SignIns } from './sign-ins.js';
import { strayReason } from './stray-request.js';

/** A sign-in that has completed. */
export type CompletedSignIn = EndedSignIn & { result: { outcome: 'completed' } };

/** A browser that comes back from a sign-in, for what its service is to be told. */
export interface Arrival {
  ended: EndedSignIn;
  /** The session of its cookie now, which may be another than the sign-in gave. */
  session: StoredSession | null;
}

export interface ArrivalDeps {
  browserSecrets: BrowserSecrets;
  currentSession: (request: Request) => Promise<StoredSession | null>;
  signIns: Pick<SignIns, 'findEnded'>;
}

/** `null`: there is no such sign-in, it has not ended, it was used up, or it is another browser's. */
export async function arrivalOf(
  deps: ArrivalDeps,
  request: Request,
  signIn: string,
): Promise<Arrival | null> {
  const id = readSignInId(signIn);
  const secret = deps.browserSecrets.read(request);
  // In one tick, so that both reads share a round trip where the store pipelines.
  const [ended, session] = await Promise.all([
    id === null ? null : deps.signIns.findEnded(id, secret),
    deps.currentSession(request),
  ]);
  return ended === null ? null : { ended, session };
}

export function isCompleted(ended: EndedSignIn): ended is CompletedSignIn {
  return ended.result.outcome === 'completed';
}

/** Of several who come with the same sign-in, exactly one ever gets `true`. */
export function useUp(
  deps: { store: Pick<EphemeralStore, 'commit'> },
  { use }: EndedSignIn,
): Promise<boolean> {
  return deps.store.commit(use.writes, use.guards);
}

/**
 * Whom something may be issued for on arrival: the person who signed in, if the browser's session is still theirs.
 * `null` when it is not, or when what it rests on is void by now.
 */
export async function whoArrived(
  deps: { directory: Pick<Directory, 'find'> },
  session: StoredSession | null,
  { result }: CompletedSignIn,
): Promise<{ session: StoredSession; person: Person } | null> {
  if (session?.session.person !== result.person.id) return null;
  // As the sign-in saw them; that they still are so is looked at in the step that names them to the service.
  if (holds(session, result.person)) return { session, person: result.person };
  const person = await personOf(deps.directory, session);
  return person === null ? null : { session, person };
}

/** Why somebody gets nothing who arrives with a sign-in that is over, or another browser's: the two are not told apart. */
export function strayOnArrival(deps: ArrivalDeps, request: Request): FailureReason {
  const hasCookie = deps.browserSecrets.read(request) !== null;
  return strayReason(!hasCookie, hasCookie);
}
