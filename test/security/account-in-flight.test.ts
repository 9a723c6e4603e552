import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Secret } from 'otpauth';
import type { Person } from '../../src/directory/person.js';
import { signInByRow, signInsOfPerson } from '../../src/audit/sign-ins-of-person.js';
import { appFromLink } from '../support/app.js';
import { formOf, TestBrowser, type Visit } from '../support/browser.js';
import { createTotpImport } from '../support/factors/import-totp.js';
import { signIn } from '../support/oidc-client.js';
import { PASSWORD } from '../support/people.js';
import { revokePhone } from '../support/phone-sessions.js';
import { addPhone, PIN } from '../support/phones.js';
import { ReferenceAuthenticator } from '../support/reference-authenticator/reference-authenticator.js';
import { setScene, type Scene } from './support/scene.js';

/**
 * Somebody has a session of the person, and their form has passed the guard of `/account` when the person makes that session
 * void. Whatever it would have changed stays as it is.
 */
let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

interface Victim {
  person: Person;
  /** What the session was opened with, besides the password. */
  phone: ReferenceAuthenticator;
  otherPhone: ReferenceAuthenticator;
  browser: TestBrowser;
  /** The person's own session in another browser. */
  other: string;
}

/** Every form of the account pages. */
interface AccountForm {
  /** Where it stands, for its token. */
  page?: string;
  /** What comes before it. */
  prepare?: (victim: Victim) => Promise<Record<string, string> | void>;
  fields?: (victim: Victim) => Record<string, string> | Promise<Record<string, string>>;
  /** It ends sessions and no more, which may be done twice. */
  endsOnly?: true;
}

const FAR = '192.0.2.7';
const chosen = 'another long pass phrase 42';
const at = (path: string) => `${scene.url}${path}`;

const forms: Readonly<Record<string, AccountForm>> = {
  '/account/password': {
    page: '/account/password',
    fields: () => ({ password: PASSWORD, new_password: chosen, repeat_password: chosen }),
  },
  '/account/factors/new': { page: '/account/factors/new', fields: () => ({ method: 'otp' }) },
  '/account/factors/otp': {
    page: '/account/factors/otp',
    prepare: async ({ browser }) => {
      const page = await browser.open(at('/account/factors/new'));
      const shown = await browser.submit(page, { method: 'otp' });
      return { code: appFromLink(shown, scene.clock).code(), label: 'of a thief' };
    },
  },
  '/account/factors/remove': {
    fields: async ({ person }) => {
      const [app] = await scene.server.drawbridge.parts.otp.enrolments(person);
      return { factor: app!.id };
    },
  },
  '/account/factors/unlock': {},
  '/account/phones/add': {
    page: '/account/phones/add',
    prepare: async ({ browser }) => {
      const page = await browser.open(at('/account/phones/add'));
      const shown = await browser.submit(page, {}, '/account/phones/add');
      const code = /\/authenticator\/#a=([0-9A-Z]{32})/.exec(shown.body)?.[1] ?? '';
      const theirs = new ReferenceAuthenticator(scene.url, () => scene.clock.now());
      expect((await theirs.activate(code, PIN, { codes: false })).status).toBe(200);
      return { fingerprint: 'same' };
    },
  },
  '/account/phones/rename': {
    fields: ({ otherPhone }) => ({ phone: otherPhone.kept.profile, name: 'of a thief' }),
  },
  '/account/phones/remove': { fields: ({ otherPhone }) => ({ phone: otherPhone.kept.profile }) },
  '/account/phones/disown': {
    fields: ({ otherPhone }) => ({ phone: otherPhone.kept.profile }),
    endsOnly: true,
  },
  '/account/recovery-codes': {},
  '/account/recovery-codes/saved': {
    prepare: async ({ browser }) => {
      const page = await browser.open(at('/account'));
      const shown = await browser.post(page, {}, '/account/recovery-codes');
      return { csrf: formOf(shown, '/account/recovery-codes/saved').hidden['csrf']! };
    },
  },
  '/account/sign-ins/disown': {
    fields: async ({ person }) => {
      const now = scene.clock.now();
      const { db } = scene.server.drawbridge.base.database;
      const [told] = await signInsOfPerson(db, person.id, { now, most: 1 });
      expect(await signInByRow(db, person.id, { now, reference: told!.reference })).not.toBeNull();
      return { sign_in: told!.reference };
    },
    endsOnly: true,
  },
  '/account/sessions/end': { fields: ({ other }) => ({ session: other }), endsOnly: true },
  '/account/sign-out': { endsOnly: true },
  '/account/sign-out-everywhere': { endsOnly: true },
};

async function victim(): Promise<Victim> {
  const { drawbridge } = scene.server;
  const { parts, base } = drawbridge;
  const who = await scene.somebody();
  await signIn(new TestBrowser(), (await scene.payroll.request()).url, who);
  const importTotp = createTotpImport(base);
  await base.database.transaction((tx) =>
    importTotp(tx, who.id as never, new Secret({ size: 20 }).base32),
  );
  await base.database.db
    .updateTable('otp_credentials')
    .set({ failures_total: 3 })
    .where('person_id', '=', who.id)
    .execute();
  const person = (await parts.directory.find(who.id as never))!;
  const phone = await addPhone(scene.server, person, { codes: false });
  const otherPhone = await addPhone(scene.server, person, { codes: false });
  await parts.recoveryCodes.generate(person);
  const browser = new TestBrowser();
  const { cookie } = await plant(person, phone.kept.profile);
  await browser.jar.setCookie(`drawbridge-session=${cookie}`, scene.url);
  const { session } = await plant(person, otherPhone.kept.profile);
  return { person, phone, otherPhone, browser, other: session.id };
}

/** A session opened with the password, a phone, and perhaps a code. */
async function plant({ id, epoch }: Person, phone: string, app?: string) {
  const { parts, base } = scene.server.drawbridge;
  const now = scene.clock.now();
  const possession = { category: 'possession', at: now } as const;
  const born = parts.sessions.prepare({
    person: id,
    epoch,
    events: [
      { factor: 'password', category: 'knowledge', amr: 'pwd', at: now },
      { factor: 'push', amr: 'swk', credential: phone, ...possession },
      ...(app === undefined ? [] : [{ factor: 'otp', amr: 'otp', credential: app, ...possession }]),
    ],
    browser: { userAgent: 'Mozilla/5.0 Firefox/140.0', address: FAR },
  });
  await base.store.commit(born.writes);
  return born;
}

/** Runs once, as soon as the guard of the next request has read the person. */
function behindTheGuard(person: Person, work: () => Promise<void>): { done(): boolean } {
  const { directory } = scene.server.drawbridge.parts;
  const { find } = directory;
  let done = false;
  directory.find = async (id) => {
    const found = await find.call(directory, id);
    if (id === person.id && !done) {
      done = true;
      directory.find = find;
      await work();
    }
    return found;
  };
  return { done: () => done };
}

/** What somebody could come back with. */
async function waysIn({ id }: Person): Promise<unknown> {
  const { db } = scene.server.drawbridge.base.database;
  return {
    people: await db.selectFrom('people').select('password_hash').where('id', '=', id).execute(),
    codes: await db
      .selectFrom('otp_credentials')
      .select(['id', 'label', 'failures_total'])
      .where('person_id', '=', id)
      .orderBy('id')
      .execute(),
    recovery: await db
      .selectFrom('recovery_codes')
      .select(['id', 'code_hash', 'used_at'])
      .where('person_id', '=', id)
      .orderBy('id')
      .execute(),
    phones: await db
      .selectFrom('profiles')
      .select(['id', 'name', 'activated_at', 'revoked_at'])
      .where('person_id', '=', id)
      .orderBy('id')
      .execute(),
    activations: await db
      .selectFrom('activations')
      .select(['id', 'confirmed_at', 'refused_at'])
      .where('person_id', '=', id)
      .orderBy('id')
      .execute(),
  };
}

async function standing({ id }: Person): Promise<unknown> {
  const { db } = scene.server.drawbridge.base.database;
  const columns = ['epoch', 'password_change_demanded_at'] as const;
  return db.selectFrom('people').select(columns).where('id', '=', id).executeTakeFirst();
}

const voids: Readonly<Record<string, (of: Victim) => Promise<void>>> = {
  'a new password is demanded': ({ person }) =>
    scene.server.drawbridge.parts.people.demandPasswordChange(person.id),
  'the phone that opened it is taken out of use': ({ phone }) => revokePhone(scene.server, phone),
};

describe.each(Object.keys(voids))('when %s behind the guard', (name) => {
  test.each(Object.keys(forms))('%s changes nothing', async (path) => {
    const form = forms[path]!;
    const who = await victim();
    const prepared = (await form.prepare?.(who)) ?? {};
    const given = (await form.fields?.(who)) ?? {};
    const page = await who.browser.open(at(form.page ?? '/account'));
    const { hidden } = formOf(page, form.page);
    let before: { ways: unknown; standing: unknown } | null = null;
    const placed = behindTheGuard(who.person, async () => {
      await voids[name]!(who);
      before = { ways: await waysIn(who.person), standing: await standing(who.person) };
    });
    const answer = await post(who.browser, path, { ...hidden, ...given, ...prepared });
    // The one form that asks for no strength does not look at the person.
    if (path === '/account/sign-out') return;
    expect(placed.done()).toBe(true);
    expect(answer.status).toBeLessThan(500);
    expect(await waysIn(who.person)).toEqual(before!.ways);
    if (form.endsOnly !== true) {
      expect(await standing(who.person)).toEqual(before!.standing);
      if (path !== '/account/recovery-codes/saved')
        expect(answer.location ?? '').not.toContain('done=');
    }
    expect((await who.browser.request(at('/account'))).location).toContain('/login/');
  });
});

test('a session that is removing its own phone does not leave behind that it is void', async () => {
  const { person, phone } = await victim();
  const { sessions, otp } = scene.server.drawbridge.parts;
  const [app] = await otp.enrolments(person);
  const { cookie } = await plant(person, phone.kept.profile, app!.id);
  const browser = new TestBrowser();
  await browser.jar.setCookie(`drawbridge-session=${cookie}`, scene.url);
  const { hidden } = formOf(await browser.open(at('/account')));
  const { findById } = sessions;
  sessions.findById = async (id) => {
    const found = await findById.call(sessions, id);
    sessions.findById = findById;
    await revokePhone(scene.server, phone);
    return found;
  };
  const fields = { ...hidden, phone: phone.kept.profile };
  const answer = await post(browser, '/account/phones/remove', fields);
  expect(answer.location).toBe(at('/account'));
  expect((await browser.request(at('/account'))).location).toContain('/login/');
  const planted = (await sessions.ofPerson(person.id)).filter((one) => one.browser.address === FAR);
  const carried = planted.filter(({ credentialsUsed }) => credentialsUsed.includes(app!.id));
  expect(carried.filter((one) => !one.credentialsUsed.includes(phone.kept.profile))).toEqual([]);
});

const post = (browser: TestBrowser, path: string, fields: Record<string, string>): Promise<Visit> =>
  browser.request(at(path), { method: 'POST', body: new URLSearchParams(fields) });

test('every form of the account pages is among them', () => {
  const posted = postedPaths(scene.server.drawbridge.app.router as unknown as Routed);
  expect(posted.filter((path) => path.startsWith('/account')).sort()).toEqual(
    Object.keys(forms).sort(),
  );
});

interface Routed {
  stack?: readonly {
    route?: { path: unknown; methods: Record<string, boolean> };
    handle?: Routed;
  }[];
}

function postedPaths({ stack = [] }: Routed): string[] {
  return stack.flatMap(({ route, handle }) => [
    ...(route?.methods['post'] === true && typeof route.path === 'string' ? [route.path] : []),
    ...(route === undefined && handle !== undefined ? postedPaths(handle) : []),
  ]);
}
