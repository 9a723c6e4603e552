import { requestRefused } from '../audit/events/sign-in-events.js';
import { Router, type Request, type Response } from 'express';
import type { AuditLog } from '../audit/audit-log.js';
import type { FailureReason } from '../audit/failure-reasons.js';
import type { PublicUrl } from '../config/public-url.js';
import type { LinkInfo } from '../directory/links/one-time-links.js';
import type { PersonId } from '../directory/person.js';
import { passwordLinkPath, type PasswordLinks } from '../directory/links/password-links.js';
import type { Circumstances } from '../login/circumstances.js';
import type { StoredSession } from '../sessions/session-store.js';
import type { BrowserSecrets } from '../web/browser-secret.js';
import type { Cookies } from '../web/cookies.js';
import { assertCsrfToken, csrfToken, formPurpose } from '../web/csrf.js';
import { sendErrorPage } from '../web/error-page.js';
import { failureView, type FailureView } from '../web/failure-view.js';
import { readForm } from '../web/forms.js';
import type { PageSender } from '../web/send-page.js';
import { pathOf } from './account-paths.js';

export interface PasswordLinkDeps {
  audit: Pick<AuditLog, 'record'>;
  browserSecrets: BrowserSecrets;
  circumstances: Circumstances;
  cookies: Cookies;
  currentSession: (request: Request) => Promise<StoredSession | null>;
  minPasswordLength: number;
  pages: PageSender;
  passwordLinks: PasswordLinks;
  publicUrl: PublicUrl;
}

const purposeOf = (token: string) => formPurpose(token, 'set');

/** The page behind a link in a mail: opening it changes nothing, posting a good password uses it up. */
export function createPasswordLinkPages(deps: PasswordLinkDeps): Router {
  const { browserSecrets, passwordLinks } = deps;
  const router = Router();

  router.get('/password/link/:token', async (request, response) => {
    const { token } = request.params;
    const link = await peek(deps, token);
    if (link === null) {
      await showUnusable(deps, request, response);
      return;
    }
    const secret = browserSecrets.readOrCreate(request, response);
    show(deps, request, response, { token, link, secret });
  });

  router.post('/password/link/:token', async (request, response) => {
    const { token } = request.params;
    const fields = await readForm(request);
    const secret = browserSecrets.read(request);
    assertCsrfToken(secret, purposeOf(token), fields['csrf']);
    const link = await peek(deps, token);
    if (link === null) {
      await showUnusable(deps, request, response);
      return;
    }
    const chosen = fields['new_password'] ?? '';
    const { clientAddress } = deps.circumstances(request);
    const outcome =
      chosen === fields['repeat_password']
        ? await passwordLinks.redeem(token, chosen, { clientAddress })
        : ({ ok: false, failure: 'passwords_differ' } as const);
    if (outcome.ok) await leave(deps, request, response, link);
    else if (outcome.failure === 'link_invalid') await showUnusable(deps, request, response);
    else {
      const { person } = link;
      const failure = await refused(deps, request, outcome.failure, person.id);
      show(deps, request, response, { token, link, secret: secret ?? '', failure });
    }
  });
  return router;
}

/** Whatever cannot be a token of ours is not looked up. */
async function peek({ passwordLinks }: PasswordLinkDeps, token: string): Promise<LinkInfo | null> {
  return /^[A-Za-z0-9_-]{43}$/.test(token) ? passwordLinks.peek(token) : null;
}

/**
 * On to signing in, with the new password and the second factor as ever. Where somebody else is signed in, their
 * account page would tell them of a password that is not theirs.
 */
async function leave(
  { cookies, currentSession, publicUrl }: PasswordLinkDeps,
  request: Request,
  response: Response,
  { person }: LinkInfo,
): Promise<void> {
  const current = await currentSession(request);
  const theirs = current === null || current.session.person === person.id;
  // Their old session is void with the old password; its cookie goes with it.
  if (theirs) cookies.clear(response, 'session');
  response.redirect(303, publicUrl.path(theirs ? pathOf('home', 'password_changed') : '/'));
}

function show(
  { pages, publicUrl, minPasswordLength }: PasswordLinkDeps,
  request: Request,
  response: Response,
  page: { token: string; link: LinkInfo; secret: string; failure?: FailureView },
): void {
  const { token, link, secret, failure = null } = page;
  pages.send(
    request,
    response,
    'password/set',
    {
      action: publicUrl.path(passwordLinkPath(token)),
      csrf: csrfToken(secret, purposeOf(token)),
      step: 'set',
      failure,
      username: link.person.username,
      minLength: minPasswordLength,
      first: link.purpose === 'first-password',
    },
    { status: failure === null ? 200 : 400 },
  );
}

/** Notes in the audit log that a link did not do what was asked. */
async function refused(
  { audit, circumstances }: PasswordLinkDeps,
  request: Request,
  reason: FailureReason,
  person: PersonId | null,
): Promise<FailureView> {
  const { clientAddress } = circumstances(request);
  const event = requestRefused({ person, clientAddress }, reason, { entry: 'password.link' });
  return failureView(reason, await audit.record(event));
}

async function showUnusable(
  deps: PasswordLinkDeps,
  request: Request,
  response: Response,
): Promise<void> {
  const { pages, publicUrl } = deps;
  const reason = 'link_invalid';
  const { reference } = await refused(deps, request, reason, null);
  const retryUrl = publicUrl.path('/password/forgot');
  sendErrorPage(pages, request, response, { reason, reference, retryUrl });
}
