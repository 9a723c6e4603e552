import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  hidden,
  post,
  selfServiceUnderTest,
  signIn,
  tokenOf,
  type Browser,
  type SelfService,
  type Somebody,
} from './self-service-under-test.js';

let self: SelfService;
let anna: Somebody;
let browser: Browser;
let people = 0;

beforeAll(async () => {
  self = await selfServiceUnderTest();
});
afterAll(() => self.close());
beforeEach(async () => {
  anna = await self.add(`anna${(people += 1)}`, { devices: 2 });
  browser = self.browser();
});

const pages = ['/account', '/account/password', '/account/factors/new', '/account/factors/otp'];

/** Every form, complete but for its token. */
const forms = async (): Promise<[path: string, fields: Record<string, string>][]> => [
  ['/account/password', { password: 'x', new_password: 'y', repeat_password: 'y' }],
  ['/account/factors/new', { method: 'otp' }],
  ['/account/factors/otp', { code: '123456' }],
  ['/account/factors/remove', { factor: (await devices())[0] ?? '' }],
  ['/account/recovery-codes', {}],
  ['/account/recovery-codes/saved', {}],
  ['/account/sessions/end', { session: 'ses_x' }],
  ['/account/sign-out-everywhere', {}],
];

const devices = async () => (await self.parts.otp.enrolments(anna.person)).map(({ id }) => id);

/** Everything that the forms could have changed. */
const state = async () => ({
  devices: await devices(),
  codes: await self.parts.recoveryCodes.remaining(anna.person),
  person: await self.parts.directory.find(anna.person.id),
  sessions: (await self.parts.sessions.ofPerson(anna.person.id)).map(({ id }) => id),
});

describe('whoever is not signed in', () => {
  test('signs in with password and code, and arrives at the page that was asked for', async () => {
    expect(await signIn(browser, '/account', anna)).toBe('/account');
    const { text, status } = await browser.get('/account');
    expect(status).toBe(200);
    expect(text).toContain(anna.person.username);
    expect(text).toContain('This browser');
    expect(text).toContain('none made yet');
    expect(await signIn(self.browser(), '/account/password', anna)).toBe('/account/password');
    const noticed = await signIn(self.browser(), '/account?done=password_changed', anna);
    expect(noticed).toBe('/account?done=password_changed');
  });

  test('lands on the home page after cancelling, not in the next sign-in', async () => {
    const { headers } = await browser.get('/account');
    const login = headers['location'] as string;
    const { text } = await browser.get(login);
    const fields = { csrf: hidden(text, 'csrf'), step: hidden(text, 'step'), cancel: '1' };
    const answer = await post(browser, login, fields);
    expect(answer.headers['location']).toBe('/account/continue/home');
    expect((await browser.get('/account/continue/home')).headers['location']).toBe('/');
  });

  test('is led to the account page by a form, without any cookie being touched', async () => {
    const before = await state();
    for (const [path, fields] of await forms()) {
      const answer = await post(browser, path, fields);
      expect([path, answer.status, answer.headers['location']]).toEqual([path, 303, '/account']);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    expect(await state()).toEqual(before);
  });
});

describe('with only the password proved', () => {
  test('every page leads to the sign-in, which asks for the code', async () => {
    await self.plant(browser, anna.person, ['password']);
    for (const path of pages) {
      const answer = await browser.get(path);
      expect([path, answer.status]).toEqual([path, 303]);
      expect(answer.headers['location']).toMatch(/^\/login\/sgn_/);
      expect(answer.text).not.toContain(anna.person.username);
      const { text } = await browser.get(answer.headers['location'] as string);
      expect(hidden(text, 'step')).toBe('factor:otp');
    }
  });

  test('no form does anything, not even with a token of this session', async () => {
    await self.plant(browser, anna.person, ['password']);
    const csrf = await tokenOf(browser, '/');
    const before = await state();
    for (const [path, fields] of await forms()) {
      const answer = await post(browser, path, { ...fields, csrf });
      expect([path, answer.status, answer.headers['location']]).toEqual([path, 303, '/account']);
    }
    expect(await state()).toEqual(before);
  });

  test('nothing is arrived at', async () => {
    await self.plant(browser, anna.person, ['password']);
    const { headers } = await browser.get('/account/continue/factors');
    expect(headers['location']).toBe('/');
  });

  test('two proofs of one kind count as one', async () => {
    await self.plant(browser, anna.person, ['otp', 'otp']);
    expect((await browser.get('/account')).status).toBe(303);
  });
});

describe('a session that was made void', () => {
  test('lends no proof to the next sign-in: the code is asked again', async () => {
    await self.plant(browser, anna.person, ['password', 'otp']);
    expect((await browser.get('/account')).status).toBe(200);
    await self.parts.people.signOutEverywhere(anna.person.id);
    const answer = await browser.get('/account');
    expect(answer.status).toBe(303);
    expect(String(answer.headers['set-cookie'])).toContain('drawbridge-session=; Max-Age=0');
    const login = answer.headers['location'] as string;
    const { text } = await browser.get(login);
    const fields = { csrf: hidden(text, 'csrf'), step: 'password' };
    const typed = { username: anna.person.username, password: 'correct horse battery staple 7' };
    expect((await post(browser, login, { ...fields, ...typed })).headers['location']).toBe(login);
    expect(hidden((await browser.get(login)).text, 'step')).toBe('factor:otp');
  });

  test('is no session for somebody who has been disabled', async () => {
    await self.plant(browser, anna.person, ['password', 'otp']);
    await self.parts.people.disable(anna.person.id);
    expect((await browser.get('/account')).status).toBe(303);
    expect((await browser.get('/')).text).not.toContain(anna.person.username);
  });
});

describe('changes', () => {
  test('need a form that we showed in this session', async () => {
    await self.plant(browser, anna.person, ['password', 'otp']);
    await tokenOf(browser, '/account');
    const stranger = self.browser();
    await self.plant(stranger, anna.person, ['password', 'otp']);
    const foreign = await tokenOf(stranger, '/account');
    const before = await state();
    for (const [path, fields] of await forms()) {
      expect([path, (await post(browser, path, fields)).status]).toEqual([path, 403]);
      const answer = await post(browser, path, { ...fields, csrf: foreign });
      expect([path, answer.status]).toEqual([path, 403]);
    }
    expect((await post(browser, '/account/sign-out', { csrf: foreign })).status).toBe(403);
    expect(await state()).toEqual(before);
  });

  test('need proofs of the last 15 minutes, while looking does not', async () => {
    await self.plant(browser, anna.person, ['password', 'otp']);
    const csrf = await tokenOf(browser, '/account');
    self.clock.advance(15 * 60_000 + 1);
    expect((await browser.get('/account')).status).toBe(200);
    const before = await state();
    const fresh = ['/account/factors/remove', '/account/recovery-codes'];
    for (const path of [...fresh, '/account/sign-out-everywhere']) {
      const [factor = ''] = before.devices;
      const answer = await post(browser, path, { csrf, factor });
      expect([path, answer.status]).toEqual([path, 303]);
      expect(answer.headers['location']).toMatch(/^\/login\/sgn_/);
    }
    expect(await state()).toEqual(before);
    expect(await signIn(browser, '/account/factors/new', anna)).toBe('/account/factors/new');
  });

  test('a cancelled step-up leads back to the account', async () => {
    await self.plant(browser, anna.person, ['password', 'otp']);
    self.clock.advance(15 * 60_000 + 1);
    const { headers } = await browser.get('/account/continue/password');
    expect(headers['location']).toBe('/account');
  });

  test('are not read from anything but a form', async () => {
    await self.plant(browser, anna.person, ['password', 'otp']);
    const json = await browser.post('/account/recovery-codes').send({ csrf: 'x' });
    expect(json.status).toBe(415);
  });
});

test('looking at the account keeps the session alive', async () => {
  await self.plant(browser, anna.person, ['password', 'otp']);
  for (let visit = 0; visit < 3; visit += 1) {
    self.clock.advance(20 * 60_000);
    expect((await browser.get('/account')).status).toBe(200);
  }
});

test('an unknown page to continue at does not exist', async () => {
  expect((await browser.get('/account/continue/constructor')).status).toBe(404);
});
