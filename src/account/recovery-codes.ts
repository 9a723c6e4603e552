import { Router } from 'express';
import type { PublicUrl } from '../config/public-url.js';
import type { RecoveryCodeFactor } from '../factors/recovery-codes/create-recovery-code-factor.js';
import type { Clock } from '../kernel/clock.js';
import type { EphemeralStore } from '../storage/ephemeral/ephemeral-store.js';
import type { PageSender } from '../web/send-page.js';
import { formModel } from './account-forms.js';
import type { AccountGuard } from './account-guard.js';
import { accountParty } from './account-party.js';
import { pathOf } from './account-paths.js';
import { oneAtATime } from './one-at-a-time.js';

export interface RecoveryCodePagesDeps {
  clock: Clock;
  guard: AccountGuard;
  pages: PageSender;
  publicUrl: PublicUrl;
  recoveryCodes: Pick<RecoveryCodeFactor, 'generate'>;
  store: EphemeralStore;
}

/** New recovery codes, shown in the answer that makes them and never again. */
export function createRecoveryCodePages(deps: RecoveryCodePagesDeps): Router {
  const { guard, publicUrl } = deps;
  const router = Router();
  router.post('/account/recovery-codes', async (request, response) => {
    const visit = await guard.submit(request, response, 'account', 'change');
    if (visit === null) return;
    const { clientAddress } = visit.at;
    const context = { clientAddress, relyingParty: accountParty.id };
    const codes = await oneAtATime(deps, visit.session, () =>
      deps.recoveryCodes.generate(visit.person, context),
    );
    if (codes === null || codes.length === 0) {
      response.redirect(303, publicUrl.path(pathOf('home')));
      return;
    }
    const action = publicUrl.path('/account/recovery-codes/saved');
    deps.pages.send(
      request,
      response,
      'account/recovery-codes',
      { ...formModel(visit, 'recovery-codes', action), codes, service: null },
      { path: pathOf('home') },
    );
  });

  router.post('/account/recovery-codes/saved', async (request, response) => {
    const visit = await guard.submit(request, response, 'recovery-codes', 'entry');
    if (visit === null) return;
    response.redirect(303, publicUrl.path(pathOf('home', 'recovery_codes_saved')));
  });
  return router;
}
