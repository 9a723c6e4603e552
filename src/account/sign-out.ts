import { Router, type Request } from 'express';
import type { PublicUrl } from '../config/public-url.js';
import type { People } from '../directory/local/people.js';
import type { Circumstances } from '../login/circumstances.js';
import type { StoredSession } from '../sessions/session-store.js';
import { readForm } from '../web/forms.js';
import { assertOwnForm } from './account-forms.js';
import type { AccountGuard } from './account-guard.js';
import { goOn } from './leave-account.js';
import { leaveEverywhere, type LeaveEverywhereDeps } from './leave-everywhere.js';
import { showSignedOut, signedOutPath } from './signed-out-page.js';

export interface SignOutDeps extends LeaveEverywhereDeps {
  circumstances: Circumstances;
  currentSession: (request: Request) => Promise<StoredSession | null>;
  guard: AccountGuard;
  people: Pick<People, 'signOutEverywhere'>;
  publicUrl: PublicUrl;
}

/** The ways out: of this browser, and of all of them. */
export function createSignOut(deps: SignOutDeps): Router {
  const { cookies, people, sealer } = deps;
  const router = Router();

  // The one form that needs no strength: whoever has any session of ours may end it.
  router.post('/account/sign-out', async (request, response) => {
    const fields = await readForm(request);
    const current = await deps.currentSession(request);
    const browserSecret = deps.browserSecrets.readOrCreate(request, response);
    const { clientAddress } = deps.circumstances(request);
    if (current === null) {
      // Of a button that is pressed twice, the second press goes on with what the first one began.
      const after = { kind: 'page', path: '/' } as const;
      const again = { current: null, browserSecret, clientAddress, after };
      goOn(deps.pages, request, response, await deps.signOut(again));
      return;
    }
    assertOwnForm({ session: current.session, browserSecret }, 'account', fields);
    const way = await deps.signOut({
      current: current.session,
      browserSecret,
      clientAddress,
      after: { kind: 'page', path: signedOutPath(sealer, false) },
    });
    cookies.clear(response, 'session');
    goOn(deps.pages, request, response, way);
  });

  router.post('/account/sign-out-everywhere', async (request, response) => {
    const visit = await deps.guard.submit(request, response, 'account', 'change');
    if (visit === null) return;
    const { person, at } = visit;
    const { clientAddress } = at;
    // The epoch first: from here on nothing of before counts, whatever becomes of the rest.
    await people.signOutEverywhere(person.id, { clientAddress, data: { by: 'person' } });
    await leaveEverywhere(deps, request, response, visit);
  });

  router.get('/account/signed-out', (request, response) => {
    showSignedOut(deps, request, response);
  });
  return router;
}
