import { Router } from 'express';
import type { PublicUrl } from '../config/public-url.js';
import type { OtpFactor } from '../factors/otp/create-otp-factor.js';
import type { AccountGuard } from './account-guard.js';
import { accountParty } from './account-party.js';
import { pathOf } from './account-paths.js';

export interface UnlockCodesDeps {
  guard: AccountGuard;
  otp: Pick<OtpFactor, 'unlock'>;
  publicUrl: PublicUrl;
}

/**
 * Accepts codes again after too many wrong ones. The fresh second factor that the guard demands was another one, or a
 * code from before the lock.
 */
export function createUnlockCodes({ guard, otp, publicUrl }: UnlockCodesDeps): Router {
  const router = Router();
  router.post('/account/factors/unlock', async (request, response) => {
    const visit = await guard.submit(request, response, 'account', 'change');
    if (visit === null) return;
    const { clientAddress } = visit.at;
    const context = { clientAddress, relyingParty: accountParty.id };
    const unlocked = await otp.unlock(visit.person, context);
    response.redirect(303, publicUrl.path(pathOf('home', unlocked ? 'codes_unlocked' : null)));
  });
  return router;
}
