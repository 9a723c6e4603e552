import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestBrowser, type Visit } from '../support/browser.js';
import { answerOf } from '../support/oidc-client.js';
import { PASSWORD } from '../support/people.js';
import { heldBack, setScene, upToCode, type Scene, type Somebody } from './support/scene.js';
import { ledger } from './support/ledger.js';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

type Stage = 'nothing' | 'page seen' | 'password done' | 'one-factor session' | 'code done';

/** A browser that has come that far on its way to payroll, which asks for two factors. */
async function browserAt(stage: Stage): Promise<{ browser: TestBrowser; who: Somebody }> {
  const browser = new TestBrowser();
  const who = await scene.somebody();
  const { url } = await scene.payroll.request();
  if (stage === 'page seen') await browser.open(url);
  if (stage === 'password done') await upToCode(browser, url, who);
  if (stage === 'code done') await heldBack(browser, url, who);
  if (stage === 'one-factor session') {
    const page = await browser.open((await scene.wiki.request()).url);
    await browser.submit(page, { username: who.username, password: PASSWORD });
  }
  return { browser, who };
}

/** Everything that asks who is there. What each says to somebody who is signed out is the measure for the others. */
const pages = [
  '/account',
  '/account/password',
  '/account/factors/new',
  '/account/factors/otp',
  '/account/continue/home',
  '/account/continue/password',
];
const posts: [string, Record<string, string>][] = [
  ['/account/password', { password: PASSWORD, new_password: 'x', repeat_password: 'x' }],
  ['/account/factors/new', { method: 'otp' }],
  ['/account/factors/otp', { code: '000000' }],
  ['/account/factors/remove', { factor: 'x' }],
  ['/account/recovery-codes', {}],
  ['/account/recovery-codes/saved', {}],
  ['/account/sessions/end', { session: 'x' }],
  ['/account/sign-out-everywhere', {}],
];

const shape = (visit: Visit) => ({
  status: visit.status,
  location: visit.location?.replace(/sgn_[\w-]+/, 'sgn').replace(/\?.*/, '') ?? null,
});

describe('M1, B60: only somebody who has proved both factors is there', () => {
  const half: Stage[] = ['nothing', 'page seen', 'password done', 'one-factor session'];

  test.each(half)('%s: prompt=none gives no code', async (stage) => {
    const { browser } = await browserAt(stage);
    const quiet = await scene.payroll.request({ prompt: 'none' });
    const answer = answerOf(await browser.open(quiet.url));
    expect(answer['error']).toBe('login_required');
    expect(answer['code']).toBeUndefined();
  });

  test.each(half)('%s: an authorization request leads to a sign-in', async (stage) => {
    const { browser } = await browserAt(stage);
    const visit = await browser.open((await scene.payroll.request()).url);
    expect(visit.status).toBe(200);
    expect(visit.url).toContain('/login/sgn_');
    expect(visit.body).toMatch(/name="(username|code)"/);
  });

  test.each(half)('%s: every page of the account is that of somebody signed out', async (stage) => {
    const { browser, who } = await browserAt(stage);
    for (const path of pages) {
      const signedOut = await new TestBrowser().request(`${scene.url}${path}`);
      const visit = await browser.request(`${scene.url}${path}`);
      expect([path, shape(visit)]).toEqual([path, shape(signedOut)]);
      expect(visit.body).not.toContain(`${who.username}@example.org`);
    }
  });

  test.each(half)('%s: no form of the account does anything', async (stage) => {
    const { browser, who } = await browserAt(stage);
    const before = await ledger(scene);
    for (const [path, fields] of posts) {
      const visit = await browser.request(`${scene.url}${path}`, {
        method: 'POST',
        body: new URLSearchParams({ ...fields, csrf: 'x'.repeat(43), step: 'account' }),
      });
      expect([path, [303, 403].includes(visit.status)]).toEqual([path, true]);
      if (visit.location !== null) expect(visit.location).toBe(`${scene.url}/account`);
    }
    expect(await ledger(scene)).toEqual(before);
    const person = await scene.server.drawbridge.parts.directory.find(who.id as never);
    expect(person?.epoch).toBe(2);
  });

  test('with the password done the browser holds nothing that stands for a person', async () => {
    const { browser } = await browserAt('password done');
    const cookies = await browser.jar.getCookieString(`${scene.url}/`);
    expect(cookies).not.toContain('drawbridge-session');
    const home = await browser.open(`${scene.url}/`);
    expect(home.body).not.toMatch(/Person person\d/);
    const logout = await browser.open(`${scene.url}/logout`);
    expect(logout.body).not.toContain('name="logout"');
  });

  test('the session of one factor is good for what asks for one, and grows only by the code', async () => {
    const { browser, who } = await browserAt('one-factor session');
    const wiki = await scene.wiki.request({ prompt: 'none' });
    expect(answerOf(await browser.open(wiki.url))['code']).toBeDefined();
    const mfa = await scene.wiki.request({
      prompt: 'none',
      claims: JSON.stringify({
        id_token: { acr: { essential: true, value: 'https://refeds.org/profile/mfa' } },
      }),
    });
    expect(answerOf(await browser.open(mfa.url))['error']).toBe('login_required');
    const page = await browser.open((await scene.payroll.request()).url);
    const arrived = await browser.submit(page, { code: who.code() });
    expect(answerOf(arrived)['code']).toBeDefined();
  });

  test('I6: what one factor gives never says more than it was', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const request = await scene.wiki.request({
      acr_values: 'urn:x urn:drawbridge:acr:single-factor',
    });
    const page = await browser.open(request.url);
    const arrived = await browser.submit(page, { username: who.username, password: PASSWORD });
    const claims = (await scene.wiki.redeem(request, arrived)).claims();
    expect(claims?.['amr']).toEqual(['pwd']);
    expect(claims?.['acr']).toBe('urn:drawbridge:acr:single-factor');
  });

  test('code done: the account is open', async () => {
    const { browser, who } = await browserAt('code done');
    const visit = await browser.open(`${scene.url}/account`);
    expect(visit.status).toBe(200);
    expect(visit.body).toContain(`${who.username}@example.org`);
  });
});

describe('R42: cookies', () => {
  test('carry no word about a person, and are for the server alone', async () => {
    const { browser, who } = await browserAt('code done');
    const cookies = await browser.jar.getCookies(`${scene.url}/`);
    expect(cookies.map(({ key }) => key)).toContain('drawbridge-session');
    for (const cookie of cookies) {
      expect(cookie.httpOnly).toBe(true);
      expect(cookie.sameSite).toBe('lax');
      expect(decodeURIComponent(cookie.value)).not.toContain(who.username);
    }
  });

  test('R33: an id of a session is 128 random bits and its secret 256', async () => {
    const { browser } = await browserAt('code done');
    const value = (await browser.jar.getCookies(`${scene.url}/`)).find(
      ({ key }) => key === 'drawbridge-session',
    )?.value;
    expect(value).toMatch(/^ses_[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}$/);
  });

  test('a session cookie that was changed, cut or sent twice opens nothing', async () => {
    const { browser } = await browserAt('code done');
    const all = await browser.jar.getCookieString(`${scene.url}/`);
    const value = /drawbridge-session=([^;]+)/.exec(all)?.[1] ?? '';
    const [id = '', secret = ''] = value.split('.');
    const flipped = (secret.startsWith('A') ? 'B' : 'A') + secret.slice(1);
    for (const cookie of [
      `drawbridge-session=${id}.${flipped}`,
      `drawbridge-session=${id}.`,
      `drawbridge-session=${id}`,
      `drawbridge-session=.${secret}`,
      `drawbridge-session=${value}x`,
      `drawbridge-session=${value}; drawbridge-session=x`,
      `drawbridge-session=${id}.${secret}.${secret}`,
      'session-view=session-view',
      `session-view=session-view; drawbridge-session=${id}`,
      'session-view=session-view; session-view.sig=x; session-view.legacy=session-view',
    ]) {
      const quiet = await scene.payroll.request({ prompt: 'none' });
      const visit = await fetch(quiet.url, { headers: { cookie }, redirect: 'manual' });
      expect([cookie, visit.headers.get('location')]).toEqual([
        cookie,
        expect.stringContaining('error=login_required'),
      ]);
    }
  });
});
