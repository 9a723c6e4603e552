import type { Request, Response } from 'express';
import type { Directory } from '../../directory/directory.js';
import type { Person, PersonId } from '../../directory/person.js';
import type { Circumstances } from '../../login/circumstances.js';
import type { SignIns } from '../../login/sign-ins.js';
import type { Use } from '../../login/sign-in-store.js';
import { holds } from '../../sessions/session-person.js';
import type { StoredSession } from '../../sessions/session-store.js';
import type { BrowserSecrets } from '../../web/browser-secret.js';
import { signInIdOf } from './authorize/begin-interaction.js';
import { browserHashOf } from './authorize/consent-pages.js';
import type { Consents } from './authorize/consents.js';
import { deviceFormOf } from './device/device-form.js';
import type { OidcRequestScope } from './request-scope.js';
import type { GrantStore } from './storage/grant-store.js';

export interface EnterDeps {
  signIns: SignIns;
  consents: Consents;
  grants: GrantStore;
  directory: Directory;
  circumstances: Circumstances;
  currentSession: (request: Request) => Promise<StoredSession | null>;
  browserSecrets: BrowserSecrets;
}

/**
 * Everything our side knows about a request before the library sees it. Back-channel endpoints bring no browser: they
 * get no session and cost nothing here.
 */
export async function enterRequest(
  deps: EnterDeps,
  request: Request,
  response: Response,
): Promise<OidcRequestScope> {
  const scope: OidcRequestScope = {
    browserSecret: '',
    circumstances: deps.circumstances(request),
    session: null,
    person: null,
    people: new Map(),
    readAhead: null,
    grantCredentials: new Map(),
    collected: null,
    consented: null,
    resumed: null,
    writes: [],
    undo: [],
    guards: [],
    forDevice: request.path === '/device' || request.path.startsWith('/device/'),
    deviceForm: deviceFormOf(request),
    entered: {},
    offline: new Set(),
    interaction: null,
    unavailable: null,
    refused: null,
    refusalTold: false,
    ctx: null,
  };
  const resumes = /^\/(?:authorize|device)\/([\w-]{1,64})$/.exec(request.path)?.[1];
  if (resumes === undefined && !BROWSER_PATHS.has(request.path)) {
    return scope;
  }
  scope.browserSecret =
    request.path === '/authorize'
      ? deps.browserSecrets.readOrCreate(request, response)
      : (deps.browserSecrets.read(request) ?? '');
  // In one tick, so that both reads share a round trip where the store pipelines.
  const [session, resumed] = await Promise.all([
    deps.currentSession(request),
    resumes === undefined
      ? null
      : resume(deps, scope.browserSecret, { uid: resumes, path: request.path }),
  ]);
  const person = session === null ? null : await personOf(deps, scope, session, request);
  if (session !== null && person !== null) Object.assign(scope, { session, person });
  if (resumed !== null && (person === null || resumed.person === person.id)) {
    const { writes, guards } = resumed.use;
    Object.assign(scope, resumed.answer, { writes: [...writes], guards });
  }
  return scope;
}

const BROWSER_PATHS: ReadonlySet<string> = new Set(['/authorize', '/device', '/logout']);

/** What this request resumes, and whose answer that is: another person's session has no part in it. */
interface Resumed {
  person: PersonId | null;
  use: Use;
  answer: Pick<OidcRequestScope, 'resumed'> &
    Partial<Pick<OidcRequestScope, 'collected' | 'consented'>>;
}

/**
 * A sign-in or a consent question that has been answered, only to its own browser. It is used up together with what
 * comes of it; whatever else this request finds stays as it is.
 */
async function resume(
  deps: EnterDeps,
  browserSecret: string,
  { uid, path }: { uid: string; path: string },
): Promise<Resumed | null> {
  const id = signInIdOf(uid);
  const collected = id === null ? null : await deps.signIns.findEnded(id, browserSecret);
  if (collected !== null && collected.request.continueAt !== path) return null;
  if (collected !== null) {
    const { request, result, use } = collected;
    const resumed = request.protocolState['interaction'] as Record<string, unknown>;
    const person = result.outcome === 'completed' ? result.person.id : null;
    return { person, use, answer: { collected: { request, result }, resumed } };
  }
  const asked = await deps.consents.findStored(uid);
  const own = asked?.request.browserHash === browserHashOf(browserSecret);
  if (asked?.request.continueAt !== path || !own || asked.request.answer === null) return null;
  const { request, use } = asked;
  const consented = asked.request.answer.allowed ? request.scopes : [];
  return { person: request.person, use, answer: { resumed: request.interaction, consented } };
}

/**
 * Whom the session stands for, unless they are disabled or what it rests on has been voided since. Read anew
 * even when a sign-in has just ended: it may have been held back, and its person be another by now.
 */
async function personOf(
  deps: EnterDeps,
  scope: OidcRequestScope,
  stored: StoredSession,
  request: Request,
): Promise<Person | null> {
  const { session } = stored;
  const inForce = (person: Person | null) =>
    person !== null && holds(stored, person) ? person : null;
  const client = request.query['client_id'];
  const entered = typeof client === 'string' ? session.participants[`oidc:${client}`] : undefined;
  const grantId = entered?.state['grant'];
  if (typeof grantId !== 'string') return inForce(await deps.directory.find(session.person));
  const { person, grant } = await deps.grants.readAhead(session.person, grantId);
  scope.readAhead = grant;
  return inForce(person);
}
