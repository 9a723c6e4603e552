import { Router, type Request } from 'express';
import type { PublicUrl } from '../config/public-url.js';
import type { People } from '../directory/local/people.js';
import type { Sealer } from '../keys/sealer.js';
import type { Circumstances } from '../login/circumstances.js';
import type { RelyingPartyRegistry } from '../relying-parties/relying-party.js';
import type { SessionStore, StoredSession } from '../sessions/session-store.js';
import type { BrowserSecrets } from '../web/browser-secret.js';
import type { Cookies } from '../web/cookies.js';
import { readForm } from '../web/forms.js';
import type { PageSender } from '../web/send-page.js';
import { assertOwnForm } from './account-forms.js';
import type { AccountGuard } from './account-guard.js';
import { endSessions, type EndSession } from './end-sessions.js';
import { showSignedOut, signedOutPath } from './signed-out-page.js';

export interface SignOutDeps {
  browserSecrets: BrowserSecrets;
  circumstances: Circumstances;
  cookies: Cookies;
  currentSession: (request: Request) => Promise<StoredSession | null>;
  endSession: EndSession;
  guard: AccountGuard;
  pages: PageSender;
  people: Pick<People, 'signOutEverywhere'>;
  publicUrl: PublicUrl;
  registry: Pick<RelyingPartyRegistry, 'byId'>;
  sealer: Sealer;
  sessions: Pick<SessionStore, 'ofPerson'>;
}

/** The ways out: of this browser, and of all of them. */
export function createSignOut(deps: SignOutDeps): Router {
  const { cookies, endSession, people, publicUrl, sealer } = deps;
  const router = Router();

  // The one form that needs no strength: whoever has any session of ours may end it.
  router.post('/account/sign-out', async (request, response) => {
    const fields = await readForm(request);
    const current = await deps.currentSession(request);
    if (current === null) {
      response.redirect(303, publicUrl.path('/'));
      return;
    }
    const browserSecret = deps.browserSecrets.read(request);
    assertOwnForm({ session: current.session, browserSecret }, 'account', fields);
    const { clientAddress } = deps.circumstances(request);
    const { unreached } = await endSession(current.session, clientAddress);
    cookies.clear(response, 'session');
    response.redirect(303, publicUrl.path(signedOutPath(sealer, { everywhere: false, unreached })));
  });

  router.post('/account/sign-out-everywhere', async (request, response) => {
    const visit = await deps.guard.submit(request, response, 'account', 'change');
    if (visit === null) return;
    const { person, at } = visit;
    const { clientAddress } = at;
    // The epoch first: from here on nothing of before counts, whatever becomes of the rest.
    await people.signOutEverywhere(person.id, { clientAddress, data: { by: 'person' } });
    cookies.clear(response, 'session');
    const sessions = await deps.sessions.ofPerson(person.id);
    const unreached = await endSessions(endSession, sessions, clientAddress);
    response.redirect(303, publicUrl.path(signedOutPath(sealer, { everywhere: true, unreached })));
  });

  router.get('/account/signed-out', (request, response) => {
    showSignedOut(deps, request, response);
  });
  return router;
}
