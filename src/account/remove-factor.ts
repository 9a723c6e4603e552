import { Router } from 'express';
import type { AuditLog } from '../audit/audit-log.js';
import type { PublicUrl } from '../config/public-url.js';
import type { OtpFactor } from '../factors/otp/create-otp-factor.js';
import type { Clock } from '../kernel/clock.js';
import type { EphemeralStore } from '../storage/ephemeral/ephemeral-store.js';
import type { AccountGuard, AccountSubmission } from './account-guard.js';
import type { ShowAccountHome } from './account-home.js';
import { accountParty } from './account-party.js';
import { pathOf } from './account-paths.js';
import { oneAtATime } from './one-at-a-time.js';
import { isLastWay, waysOf, type WaysDeps } from './phone-list.js';
import { refuse } from './refusals.js';

export interface RemoveFactorDeps extends WaysDeps {
  audit: Pick<AuditLog, 'record'>;
  clock: Clock;
  guard: AccountGuard;
  otp: Pick<OtpFactor, 'name' | 'enrolments' | 'remove'>;
  publicUrl: PublicUrl;
  showHome: ShowAccountHome;
  store: EphemeralStore;
}

/** Removes an authenticator app, but never the last one (see the README). */
export function createRemoveFactor(deps: RemoveFactorDeps): Router {
  const router = Router();
  router.post('/account/factors/remove', async (request, response) => {
    const visit = await deps.guard.submit(request, response, 'account', 'change');
    if (visit === null) return;
    const outcome = await oneAtATime(deps, visit.session, () => remove(deps, visit));
    if (outcome === 'last') {
      const refusal = await refuse(deps.audit, visit, 'policy_denied', deps.otp.name);
      await deps.showHome(request, response, visit, { refusal });
      return;
    }
    const notice = outcome === 'removed' ? 'factor_removed' : null;
    response.redirect(303, deps.publicUrl.path(pathOf('home', notice)));
  });
  return router;
}

/** What is not there (any more), or not theirs, is as good as removed. */
async function remove(
  deps: RemoveFactorDeps,
  { person, fields, at }: AccountSubmission,
): Promise<'removed' | 'last' | 'not-removed'> {
  const { otp } = deps;
  const id = fields['factor'] ?? '';
  const ways = await waysOf(deps, person);
  if (!ways.apps.some((enrolment) => enrolment.id === id)) return 'removed';
  if (isLastWay(ways, id)) return 'last';
  const { clientAddress } = at;
  const removed = await otp.remove(person, id, { clientAddress, relyingParty: accountParty.id });
  return removed ? 'removed' : 'not-removed';
}
