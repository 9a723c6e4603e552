import { Router, type Request, type Response } from 'express';
import type { PublicUrl } from '../config/public-url.js';
import type { ActivationDesk, WatchedActivation } from '../devices/activations.js';
import { addingView } from '../devices/adding-view.js';
import type { DeviceReader } from '../devices/device-store.js';
import { deviceLimits } from '../devices/limits.js';
import { holdAsRead } from '../directory/hold-person.js';
import type { Person } from '../directory/person.js';
import type { Clock } from '../kernel/clock.js';
import { readPrefixedId } from '../kernel/prefixed-id.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';
import type { AddPhoneState } from '../web/page-models.js';
import type { PageSender } from '../web/send-page.js';
import { formModel } from './account-forms.js';
import type { AccountGuard, AccountSubmission, AccountVisit } from './account-guard.js';
import { pathOf } from './account-paths.js';
import type { PendingEnrolments } from './pending-enrolment.js';

export interface AddPhoneDeps {
  activationDesk: ActivationDesk;
  /** Where phones open the app. */
  appUrl: string;
  clock: Clock;
  database: Pick<SqlDatabase, 'transaction'>;
  devices: Pick<DeviceReader, 'devicesOf'>;
  enrolmentAllowed: boolean;
  guard: AccountGuard;
  pages: PageSender;
  /** The code that is being shown: it can be shown again as long as it is good, and is kept nowhere else. */
  pendingPhones: PendingEnrolments;
  publicUrl: PublicUrl;
}

const path = '/account/phones/add';

/** Adds a phone: a code to scan, then the fingerprint to compare. */
export function createAddPhone(deps: AddPhoneDeps): Router {
  const { guard, pendingPhones, publicUrl } = deps;
  const go = (response: Response, to: string) => {
    response.redirect(303, publicUrl.path(to));
  };
  const router = Router();

  router.get(path, async (request, response) => {
    const visit = await guard.visit(request, response, 'phones');
    if (visit !== null) await show(deps, request, response, visit);
  });

  router.post(path, async (request, response) => {
    const visit = await guard.submit(request, response, 'add-phone', 'change');
    if (visit === null) return;
    const { fields } = visit;
    if (fields['cancel'] !== undefined) {
      await settle(deps, visit, 'refuse');
      return go(response, pathOf('home'));
    }
    if (fields['fingerprint'] === 'same') {
      const added = await settle(deps, visit, 'confirm');
      return go(response, added ? pathOf('home', 'phone_added') : path);
    }
    if (fields['fingerprint'] === 'other') {
      await settle(deps, visit, 'refuse');
      return go(response, pathOf('home', 'phone_refused'));
    }
    if (await mayAdd(deps, visit.person)) await issue(deps, visit);
    go(response, path);
  });

  async function issue(
    { activationDesk, database }: AddPhoneDeps,
    { person, at, session }: AccountSubmission,
  ): Promise<void> {
    const { clientAddress } = at;
    const issued = await database.transaction(async (tx) =>
      (await holdAsRead(tx, person))
        ? activationDesk.issue(tx, person, { origin: 'self', clientAddress })
        : null,
    );
    if (issued === null) return;
    const { id, code } = issued;
    await pendingPhones.save(session.id, {
      state: { activation: id, code },
      view: { template: 'account/add-phone', model: {} },
    });
  }
  return router;
}

export async function mayAdd(
  { devices, enrolmentAllowed }: Pick<AddPhoneDeps, 'devices' | 'enrolmentAllowed'>,
  person: Person,
): Promise<boolean> {
  if (!enrolmentAllowed) return false;
  const profiles = (await devices.devicesOf(person.id)).flatMap((device) => device.profiles);
  return profiles.length < deviceLimits.profilesOfPerson;
}

interface Pending {
  watched: WatchedActivation;
  code: string;
}

async function pendingOf(
  { pendingPhones, activationDesk }: AddPhoneDeps,
  { session, person }: AccountVisit,
): Promise<Pending | null> {
  const pending = await pendingPhones.find(session.id);
  const id = readPrefixedId('act', pending?.state['activation']);
  const watched = id === null ? null : await activationDesk.watch(id, person.id);
  return watched === null ? null : { watched, code: String(pending?.state['code']) };
}

async function settle(
  deps: AddPhoneDeps,
  visit: AccountSubmission,
  how: 'confirm' | 'refuse',
): Promise<boolean> {
  const pending = await pendingOf(deps, visit);
  if (pending === null) return false;
  const { id } = pending.watched.activation;
  const done = await deps.database.transaction(async (tx) => {
    if (!(await holdAsRead(tx, visit.person))) return false;
    return how === 'confirm'
      ? (await deps.activationDesk.confirm(tx, id, visit.person.id)) !== null
      : deps.activationDesk.refuse(tx, id, visit.person.id);
  });
  if (done) await deps.pendingPhones.drop(visit.session.id);
  return done;
}

async function show(
  deps: AddPhoneDeps,
  request: Request,
  response: Response,
  visit: AccountVisit,
): Promise<void> {
  const { pages, publicUrl, appUrl, clock } = deps;
  const pending = await pendingOf(deps, visit);
  const state: AddPhoneState =
    pending === null
      ? { kind: (await mayAdd(deps, visit.person)) ? 'start' : 'not-allowed' }
      : addingView(pending.watched, pending.code, appUrl, clock.now());
  pages.send(
    request,
    response,
    'account/add-phone',
    {
      ...formModel(visit, 'add-phone', publicUrl.path(path)),
      state,
      backUrl: publicUrl.path(pathOf('home')),
    },
    { path, live: true },
  );
}
