import { Router } from 'express';
import type { PublicUrl } from '../config/public-url.js';
import { readPrefixedId } from '../kernel/prefixed-id.js';
import type { EndSession } from '../logout/sign-out.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { AccountGuard } from './account-guard.js';
import { pathOf } from './account-paths.js';

export interface EndOneSessionDeps {
  endSession: EndSession;
  guard: AccountGuard;
  publicUrl: PublicUrl;
  sessions: Pick<SessionStore, 'findById'>;
}

/** Ends a session in another browser. For one that is over, or somebody else's, the answer is the same. */
export function createEndOneSession(deps: EndOneSessionDeps): Router {
  const router = Router();
  router.post('/account/sessions/end', async (request, response) => {
    const visit = await deps.guard.submit(request, response, 'account', 'entry');
    if (visit === null) return;
    const id = readPrefixedId('ses', visit.fields['session']);
    const found = id === null ? null : await deps.sessions.findById(id);
    if (found?.session.person === visit.person.id) {
      await deps.endSession(found.session, visit.at.clientAddress);
    }
    response.redirect(303, deps.publicUrl.path(pathOf('home', 'session_ended')));
  });
  return router;
}
