import type { Request, Response } from 'express';
import type { Directory } from '../../directory/directory.js';
import type { Person } from '../../directory/person.js';
import type { Circumstances } from '../../login/circumstances.js';
import type { SignIns } from '../../login/sign-ins.js';
import type { StoredSession } from '../../sessions/session-store.js';
import type { BrowserSecrets } from '../../web/browser-secret.js';
import { signInIdOf } from './authorize/begin-interaction.js';
import { browserHashOf } from './authorize/consent-pages.js';
import type { Consents } from './authorize/consents.js';
import type { OidcRequestScope } from './request-scope.js';

export interface EnterDeps {
  signIns: SignIns;
  consents: Consents;
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
    collected: null,
    consented: null,
    resumed: null,
    writes: [],
    entered: {},
    offline: new Set(),
    interaction: null,
    unavailable: null,
    ctx: null,
  };
  const resumes = /^\/authorize\/([\w-]{1,64})$/.exec(request.path)?.[1];
  if (request.path !== '/authorize' && resumes === undefined && request.path !== '/logout') {
    return scope;
  }
  scope.browserSecret =
    request.path === '/authorize'
      ? deps.browserSecrets.readOrCreate(request, response)
      : (deps.browserSecrets.read(request) ?? '');
  // In one tick, so that both reads share a round trip where the store pipelines.
  const [session] = await Promise.all([
    deps.currentSession(request),
    resumes === undefined ? null : resume(deps, scope, resumes),
  ]);
  const person = await personOf(deps, scope, session);
  if (session !== null && person !== null) Object.assign(scope, { session, person });
  return scope;
}

/** A sign-in or a consent question that has been answered, handed out once and only to its own browser. */
async function resume(deps: EnterDeps, scope: OidcRequestScope, uid: string): Promise<void> {
  const id = signInIdOf(uid);
  scope.collected = id === null ? null : await deps.signIns.collect(id, scope.browserSecret);
  if (scope.collected !== null) {
    scope.resumed = scope.collected.request.protocolState['interaction'] as Record<string, unknown>;
    return;
  }
  const asked = await deps.consents.take(uid);
  if (
    asked === null ||
    asked.answer === null ||
    asked.browserHash !== browserHashOf(scope.browserSecret)
  )
    return;
  scope.resumed = asked.interaction;
  scope.consented = asked.answer.allowed ? asked.scopes : [];
}

/** Whom the session stands for, unless they are disabled or everything issued before has been voided since. */
async function personOf(
  deps: EnterDeps,
  scope: OidcRequestScope,
  stored: StoredSession | null,
): Promise<Person | null> {
  if (stored === null) return null;
  const { person: id, epoch } = stored.session;
  const result = scope.collected?.result;
  const justProved =
    result?.outcome === 'completed' && result.person.id === id ? result.person : null;
  const person = justProved ?? (await deps.directory.find(id));
  return person !== null && !person.disabled && person.epoch === epoch ? person : null;
}
