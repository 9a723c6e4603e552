import { Router, type Request, type Response } from 'express';
import type { FailureReason } from '../audit/failure-reasons.js';
import type { PublicUrl } from '../config/public-url.js';
import type { Sealer } from '../keys/sealer.js';
import type { RelyingPartyRegistry } from '../relying-parties/relying-party.js';
import type { Session } from '../sessions/session.js';
import type { SessionStore, StoredSession } from '../sessions/session-store.js';
import type { EphemeralWrite } from '../storage/ephemeral/ephemeral-store.js';
import type { BrowserSecrets } from '../web/browser-secret.js';
import type { Cookies } from '../web/cookies.js';
import { assertCsrfToken, csrfToken, formPurpose } from '../web/csrf.js';
import { sendErrorPage } from '../web/error-page.js';
import { readForm } from '../web/forms.js';
import type { PageSender } from '../web/send-page.js';
import type { Circumstances } from './circumstances.js';
import type { SignInEngine } from './engine.js';
import type { SignInInput } from './engine-input.js';
import { rememberPerson } from './known-browser.js';
import { isCurrent, sessionOfSignIn } from './session-of-sign-in.js';
import { stepLabel, type SignInRecord } from './sign-in-record.js';
import type { SignInStore, StoredSignIn } from './sign-in-store.js';
import { belongsTo, readSignInId } from './sign-ins.js';
import { stepPage } from './step-page.js';

export interface DispatcherDeps {
  engine: SignInEngine;
  store: SignInStore;
  sessions: SessionStore;
  currentSession: (request: Request) => Promise<StoredSession | null>;
  /** Ends a session whose place another person's takes, participants included. */
  endSession: (session: Session) => Promise<unknown>;
  circumstances: Circumstances;
  relyingParties: RelyingPartyRegistry;
  browserSecrets: BrowserSecrets;
  cookies: Cookies;
  pages: PageSender;
  publicUrl: PublicUrl;
  sealer: Sealer;
  minPasswordLength: number;
}

/**
 * The engine's browser host: the only router between the steps of a sign-in. It checks that the browser is the one
 * that started, that the form is ours and fits the step, stores what the engine returns, and shows the next page.
 */
export function createBrowserDispatcher(deps: DispatcherDeps): Router {
  const router = Router();
  router.get('/login/:id', async (request, response) => {
    const found = await findOwn(deps, request, response);
    if (found !== null) show(deps, request, response, found.record);
  });
  router.post('/login/:id', async (request, response) => {
    const fields = await readForm(request);
    const found = await findOwn(deps, request, response);
    if (found !== null) await answer(deps, request, response, found, fields);
  });
  return router;
}

/** The sign-in in the URL, when this very browser started it; otherwise the person is told and `null` comes back. */
async function findOwn(
  deps: DispatcherDeps,
  request: Request,
  response: Response,
): Promise<StoredSignIn | null> {
  const id = readSignInId(request.params['id']);
  const found = id === null ? null : await deps.store.find(id);
  const secret = deps.browserSecrets.read(request);
  if (found !== null && belongsTo(found.record, secret)) return found;
  const reason =
    found === null
      ? 'sign_in_expired'
      : secret === null
        ? 'cookies_blocked'
        : 'sign_in_other_browser';
  sendErrorPage(deps.pages, request, response, {
    reason,
    reference: null,
    retryUrl: deps.publicUrl.path('/'),
  });
  return null;
}

async function answer(
  deps: DispatcherDeps,
  request: Request,
  response: Response,
  current: StoredSignIn,
  fields: Readonly<Record<string, string>>,
): Promise<void> {
  const { record } = current;
  const here = deps.publicUrl.path(`/login/${record.id}`);
  const purpose = formPurpose(record.id, fields['step'] ?? '');
  assertCsrfToken(deps.browserSecrets.read(request), purpose, fields['csrf']);
  // An answer to a step that is over (a second click, the back button) changes nothing: the current step is shown.
  if (record.step.kind === 'ended' || fields['step'] !== stepLabel(record.step)) {
    response.redirect(303, here);
    return;
  }
  const at = deps.circumstances(request);
  const next = await deps.engine.advance(record, inputOf(fields), at);
  const committed = await commit(deps, request, response, current, next);
  if (!committed) {
    response.redirect(303, here);
    return;
  }
  if (next.failure !== null && next.step.kind !== 'ended') {
    show(deps, request, response, next, statusOfRefusal(next.failure.reason));
    return;
  }
  const ended = next.step.kind === 'ended' ? next.step.result : null;
  const leaves = ended !== null && (ended.outcome === 'completed' || ended.reason === 'cancelled');
  response.redirect(303, leaves ? deps.publicUrl.path(next.request.continueAt) : here);
}

function inputOf(fields: Readonly<Record<string, string>>): SignInInput {
  if (fields['cancel'] !== undefined) return { kind: 'cancel' };
  if (fields['method'] !== undefined) return { kind: 'choose', factor: fields['method'] };
  return { kind: 'submit', step: fields['step'] ?? '', fields };
}

/** Stores the next record; when it completes a sign-in, its session is born in the same atomic step. */
async function commit(
  deps: DispatcherDeps,
  request: Request,
  response: Response,
  current: StoredSignIn,
  next: SignInRecord,
): Promise<boolean> {
  const { step } = next;
  if (
    step.kind !== 'ended' ||
    step.result.outcome !== 'completed' ||
    next.request.session === 'isolated'
  ) {
    return deps.store.replace(current, next);
  }
  const at = deps.circumstances(request);
  const old = (await deps.currentSession(request))?.session ?? null;
  const browser = { userAgent: at.userAgent, address: at.clientAddress };
  const born = deps.sessions.prepare(sessionOfSignIn(next, step.result, old, browser));
  const replaced = old !== null && isCurrent(old, step.result.person) ? old : null;
  const also: EphemeralWrite[] = [
    ...born.writes,
    ...(replaced === null ? [] : deps.sessions.removal(replaced)),
  ];
  const result = { ...step.result, session: born.session.id };
  const done = await deps.store.replace(
    current,
    { ...next, step: { kind: 'ended', result } },
    also,
  );
  if (!done) return false;
  if (old !== null && replaced === null) await deps.endSession(old);
  deps.cookies.set(response, 'session', born.cookie);
  const known = rememberPerson(deps.sealer, at.knownBrowserOf, step.result.person.id);
  deps.cookies.set(response, 'known', known);
  return true;
}

function show(
  deps: DispatcherDeps,
  request: Request,
  response: Response,
  record: SignInRecord,
  status = 200,
): void {
  const { publicUrl } = deps;
  const continueAt = publicUrl.path(record.request.continueAt);
  const service = deps.relyingParties.byId(record.request.relyingParty)?.name ?? '';
  if (record.step.kind === 'ended') {
    const { result } = record.step;
    if (result.outcome === 'completed' || result.reason === 'cancelled') {
      response.redirect(303, continueAt);
      return;
    }
    sendErrorPage(deps.pages, request, response, {
      reason: result.reason,
      reference: result.reference,
      service,
      serviceUrl: continueAt,
    });
    return;
  }
  const secret = deps.browserSecrets.read(request) ?? '';
  const page = stepPage(record, {
    service,
    action: publicUrl.path(`/login/${record.id}`),
    csrf: csrfToken(secret, formPurpose(record.id, stepLabel(record.step))),
    forgotUrl: publicUrl.path('/password/forgot'),
    minLength: deps.minPasswordLength,
  });
  if (page === null) return;
  deps.pages.send(request, response, page.template, page.model as never, {
    formAction: 'anywhere',
    popup: true,
    status,
    path: `/login/${record.id}`,
  });
}

/** What was typed could be right another time, or could never be: 401 and 400. The page is the same step again. */
function statusOfRefusal(reason: FailureReason): 400 | 401 {
  return unauthorized.has(reason) ? 401 : 400;
}

const unauthorized: ReadonlySet<FailureReason> = new Set([
  'wrong_credentials',
  'unknown_person',
  'password_locked',
  'person_disabled',
  'no_password_set',
  'wrong_code',
  'code_already_used',
  'wrong_recovery_code',
]);
