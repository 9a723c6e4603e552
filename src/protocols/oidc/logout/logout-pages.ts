import { Router, type Request } from 'express';
import type { PublicUrl } from '../../../config/public-url.js';
import type { Sealer } from '../../../keys/sealer.js';
import type { SignOut } from '../../../logout/sign-out.js';
import type { RelyingPartyRegistry } from '../../../relying-parties/relying-party.js';
import type { StoredSession } from '../../../sessions/session-store.js';
import type { EphemeralStore } from '../../../storage/ephemeral/ephemeral-store.js';
import type { BrowserSecrets } from '../../../web/browser-secret.js';
import type { Cookies } from '../../../web/cookies.js';
import { assertCsrfToken, csrfToken, formPurpose } from '../../../web/csrf.js';
import { readForm } from '../../../web/forms.js';
import type { PageSender } from '../../../web/send-page.js';
import {
  afterLogout,
  findPendingLogout,
  isLogoutHandle,
  takePendingLogout,
  type PendingLogout,
} from './pending-logout.js';

export interface LogoutPagesDeps {
  currentSession: (request: Request) => Promise<StoredSession | null>;
  clientAddress: (request: Request) => string;
  relyingParties: RelyingPartyRegistry;
  store: EphemeralStore;
  sealer: Sealer;
  browserSecrets: BrowserSecrets;
  cookies: Cookies;
  pages: PageSender;
  publicUrl: PublicUrl;
  signOut: SignOut;
}

/** The page that asks before signing out. */
export function createLogoutPages(deps: LogoutPagesDeps): Router {
  const router = Router();
  const nameOf = (pending: PendingLogout | null) =>
    pending === null || pending.relyingParty === null
      ? null
      : (deps.relyingParties.byId(pending.relyingParty)?.name ?? null);

  router.get('/logout/confirm/:handle', async (request, response, next) => {
    const { handle } = request.params;
    if (!isLogoutHandle(handle)) {
      next();
      return;
    }
    const pending = await findPendingLogout(deps, handle);
    const secret = deps.browserSecrets.readOrCreate(request, response);
    deps.pages.send(
      request,
      response,
      'logout/confirm',
      {
        action: deps.publicUrl.path(`/logout/confirm/${handle}`),
        csrf: csrfToken(secret, formPurpose(handle, 'logout')),
        step: 'logout',
        failure: null,
        service: nameOf(pending),
        account: null,
      },
      { formAction: 'anywhere' },
    );
  });

  router.post('/logout/confirm/:handle', async (request, response) => {
    const fields = await readForm(request);
    const { handle } = request.params;
    const purpose = formPurpose(handle, 'logout');
    assertCsrfToken(deps.browserSecrets.read(request), purpose, fields['csrf']);
    if (fields['logout'] !== 'yes') {
      response.redirect(303, deps.publicUrl.path('/'));
      return;
    }
    const pending = await takePendingLogout(deps, handle);
    const current = await deps.currentSession(request);
    const { to } = await deps.signOut({
      current: current?.session ?? null,
      browserSecret: deps.browserSecrets.readOrCreate(request, response),
      clientAddress: deps.clientAddress(request),
      after: afterLogout(pending),
    });
    deps.cookies.clear(response, 'session');
    response.redirect(303, to);
  });
  return router;
}
