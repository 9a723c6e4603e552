import { Router, type Request, type Response } from 'express';
import type { AuditLog } from '../audit/audit-log.js';
import { requestRefused } from '../audit/events/sign-in-events.js';
import type { PublicUrl } from '../config/public-url.js';
import type { ResetRequests } from '../directory/links/reset-requests.js';
import type { Circumstances } from '../login/circumstances.js';
import type { EphemeralStore } from '../storage/ephemeral/ephemeral-store.js';
import type { BrowserSecrets } from '../web/browser-secret.js';
import { assertCsrfToken, csrfToken, formPurpose } from '../web/csrf.js';
import { failureView, type FailureView } from '../web/failure-view.js';
import { readForm } from '../web/forms.js';
import type { PageSender } from '../web/send-page.js';

export interface ForgotPasswordDeps {
  audit: Pick<AuditLog, 'record'>;
  browserSecrets: BrowserSecrets;
  circumstances: Circumstances;
  pages: PageSender;
  publicUrl: PublicUrl;
  resetRequests: ResetRequests;
  store: Pick<EphemeralStore, 'increment'>;
}

const purpose = formPurpose('password', 'forgot');
const formPath = '/password/forgot';
const sentPath = '/password/forgot/sent';

/** Asks for a link by mail. Nothing on these pages depends on whether there is such a person. */
export function createForgotPassword(deps: ForgotPasswordDeps): Router {
  const router = Router();
  router.get(formPath, (request, response) => {
    show(deps, request, response, deps.browserSecrets.readOrCreate(request, response));
  });
  router.post(formPath, async (request, response) => {
    const fields = await readForm(request);
    const secret = deps.browserSecrets.read(request);
    assertCsrfToken(secret, purpose, fields['csrf']);
    const username = fields['username'] ?? '';
    if (username.trim() === '') {
      await showRefused(deps, request, response, secret ?? '');
      return;
    }
    const { clientAddress } = deps.circumstances(request);
    if (await withinLimit(deps.store, clientAddress)) {
      await deps.resetRequests.request(username, clientAddress);
    }
    response.redirect(303, deps.publicUrl.path(sentPath));
  });
  router.get(sentPath, (request, response) => {
    const backUrl = deps.publicUrl.path('/account');
    deps.pages.send(request, response, 'password/forgot-sent', { backUrl });
  });
  return router;
}

/**
 * Every request is written to the database, so that one address cannot write without end. Beyond the limit the answer
 * is the same and nothing is written.
 */
async function withinLimit(
  store: Pick<EphemeralStore, 'increment'>,
  clientAddress: string,
): Promise<boolean> {
  return (await store.increment(`limit:forgot:${clientAddress}`, WINDOW_MS)) <= MOST_IN_WINDOW;
}

const WINDOW_MS = 10 * 60_000;
/** Enough for an office behind one address on a Monday morning. */
const MOST_IN_WINDOW = 60;

async function showRefused(
  deps: ForgotPasswordDeps,
  request: Request,
  response: Response,
  browserSecret: string,
): Promise<void> {
  const reason = 'credentials_missing';
  const { clientAddress } = deps.circumstances(request);
  const event = requestRefused({ clientAddress }, reason, { entry: 'password.forgot' });
  const reference = await deps.audit.record(event);
  show(deps, request, response, browserSecret, failureView(reason, reference));
}

function show(
  { pages, publicUrl }: ForgotPasswordDeps,
  request: Request,
  response: Response,
  browserSecret: string,
  failure: FailureView | null = null,
): void {
  pages.send(
    request,
    response,
    'password/forgot',
    {
      action: publicUrl.path(formPath),
      csrf: csrfToken(browserSecret, purpose),
      step: 'forgot',
      failure,
      username: '',
      backUrl: publicUrl.path('/account'),
    },
    { status: failure === null ? 200 : 400 },
  );
}
