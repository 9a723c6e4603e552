import { Router, type Request, type Response } from 'express';
import type { AuditLog } from '../audit/audit-log.js';
import { signInReported } from '../audit/events/device-events.js';
import type { ToldSignIn } from '../audit/sign-ins-of-person.js';
import { notifyOfDevice } from '../devices/device-notice.js';
import type { People } from '../directory/local/people.js';
import type { Outbox } from '../jobs/outbox.js';
import type { Queryable } from '../storage/sql/sql-database.js';
import type { AccountGuard, AccountSubmission } from './account-guard.js';
import type { ShowAccountHome } from './account-home.js';
import { leaveEverywhere, type LeaveEverywhereDeps } from './leave-everywhere.js';
import { recentSignIn, shownSignIn, type RecentSignInsDeps } from './recent-sign-ins.js';
import { refuse } from './refusals.js';

export interface DisownSignInDeps extends RecentSignInsDeps, LeaveEverywhereDeps {
  audit: Pick<AuditLog, 'record' | 'recordIn'>;
  guard: AccountGuard;
  organisation: string;
  outbox: Outbox;
  people: Pick<People, 'demandPasswordChange'>;
  showHome: ShowAccountHome;
  tellHelpDesk: (tx: Queryable, name: string, detail: string) => Promise<void>;
}

/**
 * "This wasn't me" at one of the recent sign-ins. Whoever it was has the password, so everything that is open ends, this
 * browser included, and the next sign-in demands a new one behind a second factor. What is not, or no longer, among the
 * person's own changes nothing, and the page says so.
 */
export function createDisownSignIn(deps: DisownSignInDeps): Router {
  const router = Router();
  router.post('/account/sign-ins/disown', async (request, response) => {
    const visit = await deps.guard.submit(request, response, 'account', 'change');
    if (visit === null) return;
    const told = await recentSignIn(deps, visit.person, visit.fields['sign_in'] ?? '');
    if (told !== null) return disown(deps, request, response, visit, told);
    const refusal = await refuse(deps.audit, visit, 'sign_in_not_listed', 'sign_in');
    await deps.showHome(request, response, visit, { refusal });
  });
  return router;
}

async function disown(
  deps: DisownSignInDeps,
  request: Request,
  response: Response,
  visit: AccountSubmission,
  told: ToldSignIn,
): Promise<void> {
  const { person, at } = visit;
  const { clientAddress } = at;
  const { service, place, browser } = shownSignIn(deps, told, []);
  const named = { service: service ?? deps.organisation, place: place ?? '' };
  const by = { clientAddress, data: { by: 'person', how: 'disowned' } };
  await deps.people.demandPasswordChange(person.id, by, async (tx) => {
    const about = { person: person.id, relyingParty: told.relyingParty, clientAddress };
    const facts = { reference: told.reference, place: named.place, browser: browser ?? '' };
    await deps.audit.recordIn(tx, signInReported(about, facts));
    const notice = { template: 'sign-in-reported', at: told.at, ...named } as const;
    await notifyOfDevice(deps.outbox, tx, person.id, notice);
    const what = `the sign-in ${told.reference} to ${named.service} from ${named.place}`;
    const detail = `${person.username} says that ${what} was not theirs`;
    await deps.tellHelpDesk(tx, 'sign_in_disowned', detail);
  });
  await leaveEverywhere(deps, request, response, visit);
}
