import { Router, type Request, type Response } from 'express';
import type { AuditLog } from '../audit/audit-log.js';
import type { PublicUrl } from '../config/public-url.js';
import type { DeviceReader, ProfileWriter, Revocation } from '../devices/device-store.js';
import { deviceLimits } from '../devices/limits.js';
import type { Profile } from '../devices/profile.js';
import { holdAsRead } from '../directory/hold-person.js';
import type { People } from '../directory/local/people.js';
import { pushFactorName } from '../factors/push/push-factor-name.js';
import type { Clock } from '../kernel/clock.js';
import { readPrefixedId } from '../kernel/prefixed-id.js';
import type { EndSession } from '../logout/sign-out.js';
import type { EvaluatePolicy } from '../login/evaluate-policy.js';
import type { Session } from '../sessions/session.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { EphemeralStore } from '../storage/ephemeral/ephemeral-store.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';
import type { AccountGuard, AccountSubmission } from './account-guard.js';
import type { ShowAccountHome } from './account-home.js';
import { pathOf } from './account-paths.js';
import { reaches } from './account-strength.js';
import { leaveEverywhere, type LeaveEverywhereDeps } from './leave-everywhere.js';
import { oneAtATime } from './one-at-a-time.js';
import { isLastWay, waysOf, type WaysDeps } from './phone-list.js';
import { refuse } from './refusals.js';
import { renewSession } from './renew-session.js';

export interface PhonePagesDeps extends WaysDeps, LeaveEverywhereDeps {
  audit: Pick<AuditLog, 'record'>;
  clock: Clock;
  evaluatePolicy: EvaluatePolicy;
  database: Pick<SqlDatabase, 'transaction'>;
  devices: DeviceReader;
  endSession: EndSession;
  guard: AccountGuard;
  people: Pick<People, 'signOutEverywhere'>;
  profiles: Pick<ProfileWriter, 'rename'>;
  publicUrl: PublicUrl;
  revocation: Revocation;
  sessions: SessionStore;
  showHome: ShowAccountHome;
  store: EphemeralStore;
}

/** Phones on the account's first page: new name, removal, "this wasn't me". */
export function createPhonePages(deps: PhonePagesDeps): Router {
  const { guard, publicUrl } = deps;
  const router = Router();
  const home = (response: Response, notice: 'phone_renamed' | 'phone_removed' | null) => {
    response.redirect(303, publicUrl.path(pathOf('home', notice)));
  };

  router.post('/account/phones/rename', async (request, response) => {
    const visit = await guard.submit(request, response, 'account', 'change');
    if (visit === null) return;
    const name = readName(visit.fields['name']);
    const phone = await ownPhone(deps, visit);
    if (phone === null || name === null) return home(response, null);
    const renamed = await deps.profiles.rename(phone.id, name, visit.person);
    home(response, renamed ? 'phone_renamed' : null);
  });

  router.post('/account/phones/remove', async (request, response) => {
    const visit = await guard.submit(request, response, 'account', 'change');
    if (visit === null) return;
    const outcome = await oneAtATime(deps, visit.session, () => remove(deps, response, visit));
    if (outcome === 'last') {
      const refusal = await refuse(deps.audit, visit, 'policy_denied', pushFactorName);
      await deps.showHome(request, response, visit, { refusal });
      return;
    }
    home(response, outcome === 'removed' ? 'phone_removed' : null);
  });

  router.post('/account/phones/disown', async (request, response) => {
    const visit = await guard.submit(request, response, 'account', 'change');
    if (visit !== null) await disown(deps, request, response, visit);
  });
  return router;
}

async function ownPhone(
  { devices }: PhonePagesDeps,
  { person, fields }: AccountSubmission,
): Promise<Profile | null> {
  const id = readPrefixedId('prf', fields['phone']);
  const profile = id === null ? null : await devices.profile(id);
  const own = profile?.person === person.id && profile.revokedAt === null;
  return own && profile.activatedAt !== null ? profile : null;
}

/** What is not there (any more), or not theirs, is as good as removed. */
async function remove(
  deps: PhonePagesDeps,
  response: Response,
  visit: AccountSubmission,
): Promise<'removed' | 'last' | 'not-removed'> {
  const phone = await ownPhone(deps, visit);
  if (phone === null) return 'removed';
  if (isLastWay(await waysOf(deps, visit.person), phone.id)) return 'last';
  const { clientAddress } = visit.at;
  const kept = await keepOwnSession(deps, response, visit, phone);
  const removed = await deps.database.transaction(async (tx) => {
    if (!(await holdAsRead(tx, visit.person))) return false;
    await deps.revocation.revokeProfile(tx, phone.id, { because: 'person', clientAddress });
    return true;
  });
  if (removed) return 'removed';
  // It was void before it was renewed, and has left behind what tells.
  if (kept !== null) await deps.endSession(kept, clientAddress);
  return 'not-removed';
}

/**
 * The session a phone is removed from goes on where another factor carries it: it leaves behind what the phone proved
 * before that is void. Where nothing else carries it, it ends with the phone.
 */
async function keepOwnSession(
  deps: PhonePagesDeps,
  response: Response,
  { person, session, at }: AccountSubmission,
  { id, codeCredential }: Profile,
): Promise<Session | null> {
  const ofPhone = new Set([id, ...(codeCredential === null ? [] : [codeCredential])]);
  const events = session.events.filter((event) => !ofPhone.has(event.credential ?? ''));
  const credentialsUsed = session.credentialsUsed.filter((used) => !ofPhone.has(used));
  if (credentialsUsed.length === session.credentialsUsed.length) return null;
  const left = { person, session: { ...session, events, credentialsUsed } };
  if (!reaches(deps, left, 'entry', at.clientAddress)) return null;
  const renewed = await renewSession(deps, { person, session }, person.epoch, ofPhone);
  if (renewed === null) return null;
  deps.cookies.set(response, 'session', renewed.cookie);
  return renewed.session;
}

/**
 * Somebody else added this phone: it goes, also when it is the last way, and so does everything that was opened. Whoever
 * did it may know the password, so the person is led to choosing a new one.
 */
async function disown(
  deps: PhonePagesDeps,
  request: Request,
  response: Response,
  visit: AccountSubmission,
): Promise<void> {
  const { person, at } = visit;
  const { clientAddress } = at;
  const phone = await ownPhone(deps, visit);
  const by = { clientAddress, data: { by: 'person', how: 'disowned' } };
  await deps.people.signOutEverywhere(person.id, by, async (tx) => {
    // Whoever comes late, to what somebody else has made void already, makes it void once more and does no other harm.
    const inTime = await holdAsRead(tx, { ...person, epoch: person.epoch + 1 });
    if (phone === null || !inTime) return;
    await deps.revocation.revokeProfile(tx, phone.id, { because: 'person', clientAddress });
  });
  await leaveEverywhere(deps, request, response, visit);
}

function readName(typed: string | undefined): string | null {
  const name = (typed ?? '')
    .normalize('NFC')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return name === '' ? null : [...name].slice(0, deviceLimits.nameLength).join('');
}
