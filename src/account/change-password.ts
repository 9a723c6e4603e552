import { Router, type Request, type Response } from 'express';
import type { AuditLog } from '../audit/audit-log.js';
import type { FailureReason } from '../audit/failure-reasons.js';
import type { PublicUrl } from '../config/public-url.js';
import type { PasswordChanges } from '../directory/local/password-changes.js';
import type { EndSession } from '../logout/sign-out.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { EphemeralStore } from '../storage/ephemeral/ephemeral-store.js';
import type { Cookies } from '../web/cookies.js';
import type { PageSender } from '../web/send-page.js';
import { formModel } from './account-forms.js';
import type { AccountGuard, AccountSubmission, AccountVisit } from './account-guard.js';
import { pathOf } from './account-paths.js';
import { endSessions } from './end-sessions.js';
import { refuse, type Refusal } from './refusals.js';
import { renewSession } from './renew-session.js';

export interface ChangePasswordDeps {
  audit: Pick<AuditLog, 'record'>;
  cookies: Cookies;
  endSession: EndSession;
  guard: AccountGuard;
  minPasswordLength: number;
  pages: PageSender;
  passwords: Pick<PasswordChanges, 'changePassword'>;
  publicUrl: PublicUrl;
  sessions: SessionStore;
  store: EphemeralStore;
}

/**
 * A new password for somebody who knows the old one. It voids everything issued before; this browser alone goes on,
 * under a new session id.
 */
export function createChangePassword(deps: ChangePasswordDeps): Router {
  const { guard, publicUrl } = deps;
  const router = Router();
  router.get('/account/password', async (request, response) => {
    const visit = await guard.visit(request, response, 'password');
    if (visit !== null) show(deps, request, response, visit);
  });
  router.post('/account/password', async (request, response) => {
    const visit = await guard.submit(request, response, 'password', 'change');
    if (visit === null) return;
    const reason = await change(deps, response, visit);
    if (reason === null || reason === 'session_ended') {
      const notice = reason === null ? 'password_changed' : null;
      response.redirect(303, publicUrl.path(pathOf('home', notice)));
      return;
    }
    show(deps, request, response, visit, await refuse(deps.audit, visit, reason, 'password'));
  });
  return router;
}

async function change(
  deps: ChangePasswordDeps,
  response: Response,
  visit: AccountSubmission,
): Promise<FailureReason | null> {
  const { fields, person, at } = visit;
  const current = fields['password'] ?? '';
  const chosen = fields['new_password'] ?? '';
  if (current === '') return 'credentials_missing';
  if (chosen !== fields['repeat_password']) return 'passwords_differ';
  const { clientAddress } = at;
  const changed = await deps.passwords.changePassword(person, current, chosen, {
    clientAddress,
    data: { how: 'changed' },
  });
  if (!changed.ok) return changed.failure;
  const renewed = await renewSession(deps, visit, changed.value.epoch);
  if (renewed === null) deps.cookies.clear(response, 'session');
  else deps.cookies.set(response, 'session', renewed.cookie);
  const theirs = await deps.sessions.ofPerson(person.id);
  const others = theirs.filter(({ epoch }) => epoch < changed.value.epoch);
  await endSessions(deps.endSession, others, clientAddress);
  return null;
}

function show(
  deps: ChangePasswordDeps,
  request: Request,
  response: Response,
  visit: AccountVisit,
  refusal?: Refusal,
): void {
  const { publicUrl } = deps;
  const action = publicUrl.path(pathOf('password'));
  deps.pages.send(
    request,
    response,
    'account/change-password',
    {
      ...formModel(visit, 'password', action, refusal?.failure),
      username: visit.person.username,
      minLength: deps.minPasswordLength,
      backUrl: publicUrl.path(pathOf('home')),
    },
    { status: refusal?.status ?? 200 },
  );
}
