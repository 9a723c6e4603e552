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
let cleo: Somebody;
let browser: Browser;
let path: string;
let people = 0;
const chosen = 'quite another phrase 99';
const fields = { new_password: chosen, repeat_password: chosen };

beforeAll(async () => {
  self = await selfServiceUnderTest();
});
afterAll(() => self.close());
beforeEach(async () => {
  cleo = await self.add(`cleo${(people += 1)}`);
  browser = self.browser();
  path = `/password/link/${await self.link(cleo.person, 'password-reset')}`;
});

const epoch = async () => (await self.parts.directory.find(cleo.person.id))?.epoch;

describe('a link from a mail', () => {
  test('survives being opened by scanners, and leads nowhere else', async () => {
    for (let look = 0; look < 3; look += 1) {
      expect((await self.browser().head(path)).status).toBe(200);
      const { status, headers } = await self.browser().get(path);
      expect([status, headers['cache-control'], headers['referrer-policy']]).toEqual([
        200,
        'no-store',
        'no-referrer',
      ]);
    }
    const csrf = await tokenOf(browser, path);
    expect((await post(browser, path, { csrf, ...fields })).status).toBe(303);
  });

  test('sets the password once', async () => {
    const csrf = await tokenOf(browser, path);
    expect((await post(browser, path, { csrf, ...fields })).status).toBe(303);
    const again = await post(browser, path, { csrf, ...fields });
    expect([again.status, again.text.includes('DB-506')]).toEqual([400, true]);
    expect((await browser.get(path)).status).toBe(400);
    expect(await epoch()).toBe(cleo.person.epoch + 1);
  });

  test('of many callers at once lets one through', async () => {
    const callers = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const one = self.browser();
        return { one, csrf: await tokenOf(one, path) };
      }),
    );
    const answers = await Promise.all(
      callers.map(({ one, csrf }) => post(one, path, { csrf, ...fields })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([303, ...Array.from({ length: 9 }, () => 400)].sort());
    expect(await epoch()).toBe(cleo.person.epoch + 1);
  });

  test('signs nobody in: password and code are asked', async () => {
    const csrf = await tokenOf(browser, path);
    const { headers } = await post(browser, path, { csrf, ...fields });
    expect(headers['location']).toBe('/account?done=password_changed');
    const login = (await browser.get('/account?done=password_changed')).headers[
      'location'
    ] as string;
    expect(hidden((await browser.get(login)).text, 'step')).toBe('password');
    const arrived = await signIn(browser, login, cleo, { password: chosen });
    expect(arrived).toBe('/account?done=password_changed');
  });

  test('lends no proof of an old session to the sign-in that follows', async () => {
    await self.plant(browser, cleo.person, ['password', 'otp']);
    const csrf = await tokenOf(browser, path);
    const answer = await post(browser, path, { csrf, ...fields });
    expect(String(answer.headers['set-cookie'])).toContain('drawbridge-session=; Max-Age=0');
    expect((await browser.get('/account')).headers['location']).toMatch(/^\/login\//);
  });

  test('leaves somebody else who is signed in here signed in', async () => {
    const dan = await self.add(`dan${people}`);
    await self.plant(browser, dan.person, ['password', 'otp']);
    const csrf = await tokenOf(browser, path);
    expect((await post(browser, path, { csrf, ...fields })).headers['location']).toBe('/');
    expect((await browser.get('/account')).status).toBe(200);
  });

  test('is kept for another try when the password will not do', async () => {
    const csrf = await tokenOf(browser, path);
    for (const [code, wrong] of [
      ['DB-505', { ...fields, repeat_password: 'x' }],
      ['DB-501', { new_password: 'short', repeat_password: 'short' }],
      ['DB-501', { new_password: '', repeat_password: '' }],
    ] as const) {
      const answer = await post(browser, path, { csrf, ...wrong });
      expect([answer.status, answer.text.includes(code)]).toEqual([400, true]);
    }
    expect((await post(browser, path, { csrf, ...fields })).status).toBe(303);
  });

  test('needs the form that we showed for it', async () => {
    const other = `/password/link/${await self.link(cleo.person, 'first-password')}`;
    const foreign = await tokenOf(browser, other);
    expect((await post(browser, path, fields)).status).toBe(403);
    expect((await post(browser, path, { csrf: foreign, ...fields })).status).toBe(403);
    expect((await post(self.browser(), path, { csrf: foreign, ...fields })).status).toBe(403);
    expect(await epoch()).toBe(cleo.person.epoch);
  });

  test('ends with its time and with every newer password', async () => {
    const other = `/password/link/${await self.link(cleo.person, 'first-password')}`;
    self.clock.advance(30 * 60_000);
    expect((await browser.get(path)).status).toBe(400);
    expect((await browser.get(other)).text).toContain('Choose your password');
    await self.parts.passwords.setPassword(cleo.person, chosen);
    expect((await browser.get(other)).status).toBe(400);
    for (const token of ['x', '..%2f', 'a'.repeat(43)]) {
      expect((await browser.get(`/password/link/${token}`)).status).toBe(400);
    }
  });
});

describe('a forgotten password', () => {
  const ask = async (username: string) => {
    const csrf = await tokenOf(browser, '/password/forgot');
    const asked = await post(browser, '/password/forgot', { csrf, username });
    return { asked, page: await browser.get(asked.headers['location'] as string) };
  };
  const queued = async () => {
    const rows = await self.base.database.db
      .selectFrom('jobs')
      .select('kind')
      .where('kind', '=', 'password-reset-request')
      .execute();
    return rows.length;
  };

  test('is answered the same for people there are and people there are not', async () => {
    const before = await queued();
    const known = await ask(cleo.person.username);
    const unknown = await ask('nobody-of-that-name');
    expect(known.asked.headers['location']).toBe('/password/forgot/sent');
    expect(unknown.asked.headers['location']).toBe('/password/forgot/sent');
    expect(known.page.text).toBe(unknown.page.text);
    expect(known.page.text).not.toContain(cleo.person.username);
    expect(await queued()).toBe(before + 2);
  });

  test('needs a name and our form', async () => {
    const before = await queued();
    const csrf = await tokenOf(browser, '/password/forgot');
    expect((await post(browser, '/password/forgot', { csrf, username: ' ' })).status).toBe(400);
    const { username } = cleo.person;
    expect((await post(browser, '/password/forgot', { username })).status).toBe(403);
    expect((await post(self.browser(), '/password/forgot', { csrf, username })).status).toBe(403);
    expect(await queued()).toBe(before);
  });
});
