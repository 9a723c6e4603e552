import { Router, type Request, type Response } from 'express';
import type { AuditLog } from '../audit/audit-log.js';
import type { PublicUrl } from '../config/public-url.js';
import type { RelyingPartyRegistry } from '../relying-parties/relying-party.js';
import type { StoredSession } from '../sessions/session-store.js';
import type { BrowserSecrets } from '../web/browser-secret.js';
import { assertCsrfToken, csrfToken, formPurpose } from '../web/csrf.js';
import { sendErrorPage } from '../web/error-page.js';
import { refusalStatus } from '../web/failure-status.js';
import { readForm } from '../web/forms.js';
import { localeOfUiLocales } from '../web/locale.js';
import type { PageSender } from '../web/send-page.js';
import type { Clock } from '../kernel/clock.js';
import { streamChanges } from './change-stream.js';
import type { Circumstances } from './circumstances.js';
import { commitProof, type CommitDeps } from './commit-sign-in.js';
import type { SignInEngine } from './engine.js';
import type { SignInCircumstances, SignInInput } from './engine-input.js';
import { endedWithoutStore, isOver, leavesAtOnce, secondsUntilHandedBack } from './handed-back.js';
import { strayEvent } from './sign-in-events.js';
import { stepLabel, type SignInRecord } from './sign-in-record.js';
import type { StoredSignIn } from './sign-in-store.js';
import { belongsTo, readSignInId } from './sign-ins.js';
import { stepPage } from './step-page.js';
import { strayReason } from './stray-request.js';

export interface DispatcherDeps extends CommitDeps {
  audit: Pick<AuditLog, 'record'>;
  engine: SignInEngine;
  circumstances: Circumstances;
  relyingParties: RelyingPartyRegistry;
  browserSecrets: BrowserSecrets;
  pages: PageSender;
  clock: Clock;
  publicUrl: PublicUrl;
  minPasswordLength: number;
  /** Told of an error that the person does not see, because their sign-in was handed back. */
  noticed: (error: unknown) => void;
}

/**
 * The engine's browser host: the only router between the steps of a sign-in. It checks that the browser is the one
 * that started, that the form is ours and fits the step, stores what the engine returns, and shows the next page.
 */
export function createBrowserDispatcher(deps: DispatcherDeps): Router {
  const router = Router();
  router.get('/login/:id', async (request, response) => {
    const found = await findOwn(deps, request, response);
    if (found !== null) await showOrMoveOn(deps, request, response, found);
  });
  router.get('/login/:id/changes', async (request, response) => {
    const found = await findOwn(deps, request, response);
    if (found === null) return;
    const { record } = found;
    const { expiresAt } = record;
    const over = isOver(record, deps.clock.now());
    const watched = over ? null : deps.engine.waitsElsewhere(record);
    const state = 'prompt' in record.step ? record.step.prompt.state : {};
    const watch = (listener: () => void) => watched?.watch(state, listener) ?? null;
    await streamChanges(response, watch, Math.max(0, expiresAt - deps.clock.now()));
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
  const reason = strayReason(found !== null, secret !== null);
  const { clientAddress } = deps.circumstances(request);
  const event = strayEvent(reason, clientAddress, found?.record ?? null);
  const reference = await deps.audit.record(event);
  const retryUrl = deps.publicUrl.path('/');
  sendErrorPage(deps.pages, request, response, { reason, reference, retryUrl });
  return null;
}

/** A page that waits for an answer given elsewhere is told of it by loading it. A HEAD or a prefetch moves nothing on. */
async function showOrMoveOn(
  deps: DispatcherDeps,
  request: Request,
  response: Response,
  current: StoredSignIn,
): Promise<void> {
  const { record } = current;
  const looks = request.method === 'GET' && request.get('sec-purpose') === undefined;
  const over = isOver(record, deps.clock.now());
  if (!looks || (!over && deps.engine.waitsElsewhere(record) === null)) {
    show(deps, request, response, record);
    return;
  }
  const at = deps.circumstances(request);
  const session = await deps.currentSession(request);
  const judged = joinedTo(record, session);
  const next = await advanceOrHandBack(deps, judged, { kind: 'look' }, at);
  if (next === judged) {
    show(deps, request, response, record);
    return;
  }
  await commitProof(deps, { request, response, at }, { current, next, session });
  response.redirect(303, deps.publicUrl.path(`/login/${record.id}`));
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
  const session = await deps.currentSession(request);
  const next = await advanceOrHandBack(deps, joinedTo(record, session), inputOf(fields), at);
  const committed = await commitProof(deps, { request, response, at }, { current, next, session });
  if (!committed) {
    response.redirect(303, here);
    return;
  }
  if (next.failure !== null && next.step.kind !== 'ended') {
    show(deps, request, response, next, refusalStatus(next.failure.reason));
    return;
  }
  const ended = next.step.kind === 'ended' ? next.step.result : null;
  const leaves = ended !== null && leavesAtOnce(next, ended);
  response.redirect(303, leaves ? deps.publicUrl.path(next.request.continueAt) : here);
}

async function advanceOrHandBack(
  deps: Pick<DispatcherDeps, 'engine' | 'noticed'>,
  record: SignInRecord,
  input: SignInInput,
  at: SignInCircumstances,
): Promise<SignInRecord> {
  try {
    return await deps.engine.advance(record, input, at);
  } catch (error) {
    const ended = endedWithoutStore(record, error);
    deps.noticed(error);
    return ended;
  }
}

/** Proofs of a joined session count only as long as it is in force: after a logout the person starts from nothing. */
function joinedTo(record: SignInRecord, current: StoredSession | null): SignInRecord {
  const joined = record.session;
  return joined === null || joined.id === current?.session.id
    ? record
    : { ...record, session: null };
}

function inputOf(fields: Readonly<Record<string, string>>): SignInInput {
  if (fields['cancel'] !== undefined) return { kind: 'cancel' };
  if (fields['method'] !== undefined) return { kind: 'choose', factor: fields['method'] };
  return { kind: 'submit', step: fields['step'] ?? '', fields };
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
  const relyingParty = deps.relyingParties.byId(record.request.relyingParty);
  // Our own pages are no service with a name.
  const service = relyingParty === null || relyingParty.name === '' ? null : relyingParty.name;
  if (record.step.kind === 'ended') {
    const { result } = record.step;
    if (result.outcome === 'completed' || leavesAtOnce(record, result)) {
      response.redirect(303, continueAt);
      return;
    }
    sendErrorPage(deps.pages, request, response, {
      reason: result.reason,
      reference: result.reference,
      service,
      // Nothing is there to go back to when the service is not known any more.
      serviceUrl: relyingParty === null ? null : continueAt,
    });
    return;
  }
  const here = publicUrl.path(`/login/${record.id}`);
  const secret = deps.browserSecrets.read(request) ?? '';
  const page = stepPage(record, {
    service,
    action: here,
    csrf: csrfToken(secret, formPurpose(record.id, stepLabel(record.step))),
    forgotUrl: publicUrl.path('/password/forgot'),
    minLength: deps.minPasswordLength,
    now: deps.clock.now(),
  });
  if (page === null) return;
  const seconds = secondsUntilHandedBack(record, deps.clock.now());
  // Also without script, and also for whoever walked away: the other side must not wait for nothing.
  if (seconds !== null) response.setHeader('Refresh', `${seconds}; url=${here}`);
  deps.pages.send(request, response, page.template, page.model as never, {
    formAction: 'anywhere',
    popup: true,
    live: deps.engine.waitsElsewhere(record) !== null,
    status,
    path: `/login/${record.id}`,
    asked: localeOfUiLocales(record.request.uiLocales),
  });
}
