import type { Request, Response } from 'express';
import type { PublicUrl } from '../config/public-url.js';
import { deviceLimits } from '../devices/limits.js';
import type { OtpFactor } from '../factors/otp/create-otp-factor.js';
import { maxCredentials } from '../factors/otp/insert-credential.js';
import { unnamedDevice } from '../factors/otp/otp-factor-name.js';
import { codesPerSet } from '../factors/recovery-codes/code-format.js';
import type { RecoveryCodeFactor } from '../factors/recovery-codes/create-recovery-code-factor.js';
import { isCurrent } from '../sessions/session-person.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { AccountHome, AccountNotice } from '../web/page-models.js';
import type { PageSender } from '../web/send-page.js';
import { formModel } from './account-forms.js';
import type { AccountVisit } from './account-guard.js';
import { pathOf } from './account-paths.js';
import { isLastWay, waysOf, type WaysDeps } from './phone-list.js';
import { recentSignIns, shownSignIn, type RecentSignInsDeps } from './recent-sign-ins.js';
import type { Refusal } from './refusals.js';

export interface AccountHomeDeps extends WaysDeps, RecentSignInsDeps {
  enrolmentAllowed: boolean;
  otp: Pick<OtpFactor, 'name' | 'enrolments' | 'lock'>;
  pages: PageSender;
  publicUrl: PublicUrl;
  recoveryCodes: Pick<RecoveryCodeFactor, 'remaining'>;
  sessions: Pick<SessionStore, 'ofPerson'>;
}

/** Shows the account's first page, also when something asked for on it was refused. */
export type ShowAccountHome = (
  request: Request,
  response: Response,
  visit: AccountVisit,
  outcome?: { notice?: AccountNotice | null; refusal?: Refusal },
) => Promise<void>;

export function createAccountHome(deps: AccountHomeDeps): ShowAccountHome {
  return async (request, response, visit, { notice = null, refusal } = {}) => {
    const { person, session } = visit;
    const [ways, sessions, lock, signIns, devices] = await Promise.all([
      waysOf(deps, person),
      deps.sessions.ofPerson(person.id),
      deps.otp.lock(person),
      recentSignIns(deps, person),
      deps.devices.devicesOf(person.id, { revokedToo: true }),
    ]);
    const { apps, phones, recoveryCodes: codes } = ways;
    const everHad = devices.flatMap(({ profiles }) => profiles);
    const url = (path: string) => deps.publicUrl.path(path);
    const form = formModel(visit, 'account', '', refusal?.failure);
    const mayAdd = deps.enrolmentAllowed && apps.length < maxCredentials;
    const model: AccountHome = {
      csrf: form.csrf,
      step: form.step,
      failure: form.failure,
      notice,
      person: { name: person.name, username: person.username, mail: person.mail },
      factors: apps.map((enrolment) => ({
        ...enrolment,
        label: enrolment.label === unnamedDevice ? null : enrolment.label,
        factor: deps.otp.name,
        removable: !isLastWay(ways, enrolment.id),
      })),
      codesLocked: lock !== null,
      phones: phones.map(
        ({ id, name, createdAt, activatedAt, lastUsedAt, lastSeenAt, lockedAt }) => {
          const times = { createdAt: activatedAt ?? createdAt, lastUsedAt, lastSeenAt };
          return { id, name, ...times, locked: lockedAt !== null, removable: !isLastWay(ways, id) };
        },
      ),
      recoveryCodes: {
        remaining: codes?.remaining ?? null,
        total: codes?.total ?? codesPerSet,
      },
      sessions: sessions
        .filter((one) => isCurrent(one, person))
        .map(({ id, browser, startedAt, lastSeenAt }) => {
          return { id, ...browser, startedAt, lastSeenAt, current: id === session.id };
        })
        .sort((a, b) => Number(b.current) - Number(a.current) || b.lastSeenAt - a.lastSeenAt),
      signIns: signIns.map((told) => shownSignIn(deps, told, everHad)),
      urls: {
        removeFactor: url('/account/factors/remove'),
        unlockCodes: url('/account/factors/unlock'),
        addFactor: mayAdd ? url(pathOf('factors')) : null,
        addPhone:
          deps.enrolmentAllowed && phones.length < deviceLimits.profilesOfPerson
            ? url(pathOf('phones'))
            : null,
        renamePhone: url('/account/phones/rename'),
        removePhone: url('/account/phones/remove'),
        disownPhone: url('/account/phones/disown'),
        newRecoveryCodes: url('/account/recovery-codes'),
        changePassword: url(pathOf('password')),
        endSession: url('/account/sessions/end'),
        disownSignIn: url('/account/sign-ins/disown'),
        signOutEverywhere: url('/account/sign-out-everywhere'),
        signOut: url('/account/sign-out'),
        home: url('/'),
      },
    };
    const status = refusal?.status ?? 200;
    deps.pages.send(request, response, 'account/home', model, { status, path: pathOf('home') });
  };
}
