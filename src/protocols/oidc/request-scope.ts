import type { Circumstances } from '../../audit/events/circumstances.js';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { AdapterPayload, KoaContextWithOIDC } from 'oidc-provider';
import type { Person, PersonId } from '../../directory/person.js';
import { DependencyUnavailable, Overloaded } from '../../kernel/errors.js';
import type { SignInCircumstances } from '../../login/engine-input.js';
import type { SignInRequest } from '../../login/sign-in-request.js';
import type { SignInResult } from '../../login/sign-in-result.js';
import type { Participant } from '../../sessions/session.js';
import type { StoredSession } from '../../sessions/session-store.js';
import type { EphemeralGuard, EphemeralWrite } from '../../storage/ephemeral/ephemeral-store.js';

/**
 * What belongs to one HTTP request while the library handles it. The library's adapters see only ids, so what they
 * must share with our side of the request travels here, and nowhere else; it ends with the request.
 */
export interface OidcRequestScope {
  browserSecret: string;
  circumstances: SignInCircumstances;
  /** Our session, already checked against its person's epoch. */
  session: StoredSession | null;
  /** Who the session belongs to, or whom a sign-in of this very request has just proved. */
  person: Person | null;
  /** People read in this request, so that each costs one round trip at most. */
  people: Map<PersonId, Person | null>;
  /** The grant that the library is going to ask for, until it does. */
  readAhead: ReadAhead | null;
  /** What the grants read in this request rest on, by their ids. */
  grantCredentials: Map<string, readonly string[]>;
  /** The sign-in that this request resumes. */
  collected: { request: SignInRequest; result: SignInResult } | null;
  /** The consent question that this request resumes: the scopes agreed to, `[]` when refused. */
  consented: readonly string[] | null;
  /** What the library had kept of the interaction that this request resumes. */
  resumed: Record<string, unknown> | null;
  /** Short-lived state written at the end, in one atomic step, before the answer leaves. */
  writes: EphemeralWrite[];
  /** What must still be as it was read at that moment: the sign-in or consent question that is used up. */
  guards: readonly EphemeralGuard[];
  /**
   * Takes back what this request used up, should its writes fail: nothing left the server then, so the client may try
   * the same code or token again.
   */
  undo: (() => Promise<void>)[];
  /** A page of a device's sign-in, where the library wants a session to keep a form's secret in, somebody's or not. */
  forDevice: boolean;
  /** Proof for the library that a form of ours with a device's code was sent by its own page; `null`: none was. */
  deviceForm: string | null;
  /** Clients entered in this request; added to the session together with `writes`. */
  entered: Record<string, Participant>;
  /** Clients that were given offline access in this request: their grant outlives an ordinary logout. */
  offline: Set<string>;
  /** What the library wanted to keep of an interaction; it goes into the sign-in record. */
  interaction: Record<string, unknown> | null;
  /** A dependency that did not answer, or is full: whatever the library made of it, the answer is 503. */
  unavailable: Error | null;
  /** The error code of what the library refused in this request. */
  refused: string | null;
  /** Does an audit row tell of the refusal already, better than its error code could? */
  refusalTold: boolean;
  ctx: KoaContextWithOIDC | null;
}

/** A grant as read; `undefined` when there is none under the id that counts. */
export interface ReadAhead {
  grantId: string;
  payload: AdapterPayload | undefined;
  credentials: readonly string[];
}

const storage = new AsyncLocalStorage<OidcRequestScope>();

export function runInScope<Value>(scope: OidcRequestScope, work: () => Value): Value {
  return storage.run(scope, work);
}

/** Who, what and from where, for audit rows of this request. */
export function circumstancesOfRequest(person?: string): Circumstances {
  const { clientAddress } = requestScope().circumstances;
  return { person, relyingParty: relyingPartyOfRequest(), clientAddress };
}

/** The relying party behind the client of this request; `''` before the client is known. */
export function relyingPartyOfRequest(): string {
  const id: unknown = requestScope().ctx?.oidc.client?.['relying_party'];
  return typeof id === 'string' ? id : '';
}

/** The request being handled, or `null` outside the library: pages of ours read stores, too. */
export function currentScope(): OidcRequestScope | null {
  return storage.getStore() ?? null;
}

export function requestScope(): OidcRequestScope {
  const scope = storage.getStore();
  if (scope === undefined) throw new Error('the OIDC library was called outside a request');
  return scope;
}

/** Wherever the library met it: what a dependency that does not answer, or is full, makes of a request is 503. */
export function noteUnavailable(error: unknown): void {
  if (error instanceof DependencyUnavailable || error instanceof Overloaded) {
    requestScope().unavailable = error;
  }
}
