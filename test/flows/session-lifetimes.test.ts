import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { setScene, token, upToCode, type Scene, type Somebody } from '../security/support/scene.js';
import { TestBrowser } from '../support/browser.js';
import { answerOf, CALLBACK, signIn } from '../support/oidc-client.js';
import { PASSWORD } from '../support/people.js';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const everywhere = { service: true, home: true, account: true };
const nowhere = { service: false, home: false, account: false };

/** Who may come in without being asked: at a service, at the start page, at the account pages. */
async function letsIn(browser: TestBrowser): Promise<typeof everywhere> {
  const quiet = await scene.payroll.request({ prompt: 'none' });
  const answer = answerOf(await browser.open(quiet.url));
  const home = await browser.open(`${scene.url}/`);
  const account = await browser.open(`${scene.url}/account`);
  return {
    service: answer['code'] !== undefined,
    home: home.body.includes('action="/account/sign-out"'),
    account: new URL(account.url).pathname === '/account',
  };
}

/** A browser that brings nothing but this one's session cookie. */
async function withCookieOf(browser: TestBrowser): Promise<TestBrowser> {
  const thief = new TestBrowser();
  const value = await sessionCookie(browser);
  await thief.jar.setCookie(`drawbridge-session=${value}`, scene.url);
  return thief;
}

async function sessionCookie(browser: TestBrowser): Promise<string> {
  const cookies = await browser.jar.getCookieString(scene.url);
  return /drawbridge-session=([^;]+)/.exec(cookies)?.[1] ?? '';
}

async function enter(who: Somebody): Promise<TestBrowser> {
  const browser = new TestBrowser();
  await signIn(browser, (await scene.payroll.request()).url, who);
  return browser;
}

describe('a session', () => {
  test('that is not used ends after 30 minutes', async () => {
    const { browser } = await scene.signedIn();
    scene.clock.advance(30 * MINUTE - 1_000);
    expect(await letsIn(browser)).toEqual(everywhere);
    scene.clock.advance(30 * MINUTE);
    expect(await letsIn(browser)).toEqual(nowhere);
  });

  test.each(['/', '/account'])('is kept awake by visits to %s', async (path) => {
    const { browser } = await scene.signedIn();
    for (let visit = 0; visit < 6; visit += 1) {
      scene.clock.advance(20 * MINUTE);
      await browser.open(`${scene.url}${path}`);
    }
    expect(await letsIn(browser)).toEqual(everywhere);
  });

  test('ends after 12 hours, however much it is used', async () => {
    const { browser } = await scene.signedIn();
    for (let visit = 0; visit < 35; visit += 1) {
      scene.clock.advance(20 * MINUTE);
      const quiet = await scene.payroll.request({ prompt: 'none' });
      expect(answerOf(await browser.open(quiet.url))['code']).toBeDefined();
    }
    scene.clock.advance(20 * MINUTE - 1_000);
    expect(await letsIn(browser)).toEqual(everywhere);
    scene.clock.advance(1_000);
    expect(await letsIn(browser)).toEqual(nowhere);
  });

  test('has another id after a step-up, no later end, and the old cookie opens nothing', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const page = await browser.open((await scene.wiki.request()).url);
    await browser.submit(page, { username: who.username, password: PASSWORD });
    const begun = scene.clock.now();
    const before = await sessionCookie(browser);
    const old = await withCookieOf(browser);
    scene.clock.advance(20 * MINUTE);
    const code = await browser.open((await scene.payroll.request()).url);
    await browser.submit(code, { code: who.code() });

    const after = await sessionCookie(browser);
    expect(after.split('.')[0]).not.toBe(before.split('.')[0]);
    expect(await letsIn(browser)).toEqual(everywhere);
    const wiki = await scene.wiki.request({ prompt: 'none' });
    expect(answerOf(await old.open(wiki.url))['error']).toBe('login_required');
    expect(await letsIn(old)).toEqual(nowhere);
    const [session] = await scene.server.drawbridge.parts.sessions.ofPerson(who.id as never);
    expect(session?.expiresAt).toBe(begun + 12 * HOUR);
  });

  test('has another id after signing in anew, and the old cookie opens nothing', async () => {
    const { who, browser } = await scene.signedIn();
    const old = await withCookieOf(browser);
    await signIn(browser, (await scene.payroll.request({ prompt: 'login' })).url, who);
    expect(await letsIn(old)).toEqual(nowhere);
    expect(await letsIn(browser)).toEqual(everywhere);
    expect(await scene.server.drawbridge.parts.sessions.ofPerson(who.id as never)).toHaveLength(1);
  });

  test('that was signed out is over for whoever kept its cookie', async () => {
    const { browser } = await scene.signedIn();
    const old = await withCookieOf(browser);
    const home = await browser.open(`${scene.url}/`);
    await browser.submit(home, {}, '/account/sign-out');
    expect(await letsIn(old)).toEqual(nowhere);
  });
});

describe('several sessions', () => {
  test('one is ended from another browser, the third stays', async () => {
    const who = await scene.somebody();
    const [here, there, third] = [await enter(who), await enter(who), await enter(who)];
    const id = (await sessionCookie(there)).split('.')[0] ?? '';
    const account = await here.open(`${scene.url}/account`);
    await here.submit(account, { session: id }, '/account/sessions/end');
    expect(await letsIn(there)).toEqual(nowhere);
    expect(await letsIn(third)).toEqual(everywhere);
    expect(await letsIn(here)).toEqual(everywhere);
  });

  test('nobody ends a session of somebody else', async () => {
    const { browser: victim } = await scene.signedIn();
    const { who, browser } = await scene.signedIn();
    await enter(who);
    const id = (await sessionCookie(victim)).split('.')[0] ?? '';
    const account = await browser.open(`${scene.url}/account`);
    await browser.submit(account, { session: id }, '/account/sessions/end');
    expect(await letsIn(victim)).toEqual(everywhere);
  });
});

/** Somebody with sessions, tokens of every kind, a code not fetched yet and a sign-in under way. */
async function everything() {
  const who = await scene.somebody();
  const browser = await enter(who);
  const other = await enter(who);
  const request = await scene.payroll.request({ scope: 'openid offline_access' });
  const tokens = await scene.payroll.redeem(request, await browser.open(request.url));
  const pending = await scene.payroll.request();
  const code = answerOf(await other.open(pending.url))['code'] ?? '';
  const third = new TestBrowser();
  const otp = await upToCode(third, (await scene.payroll.request()).url, who);
  return { who, browser, other, tokens, code, verifier: pending.verifier, third, otp };
}

async function expectNothingLeft(of: Awaited<ReturnType<typeof everything>>): Promise<void> {
  const { browser, other, tokens, code, verifier, third, otp, who } = of;
  const info = await fetch(`${scene.url}/userinfo`, {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  });
  expect(info.status).toBe(401);
  const known = await client.tokenIntrospection(scene.payroll.config, tokens.access_token);
  expect(known.active).toBe(false);
  const refreshed = await token(scene.url, {
    grant_type: 'refresh_token',
    refresh_token: tokens.refresh_token ?? '',
  });
  expect(refreshed.status).toBe(400);
  const redeemed = await token(scene.url, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: CALLBACK,
    code_verifier: verifier,
  });
  expect(redeemed.status).toBe(400);
  const late = await third.submit(otp, { code: who.code() });
  expect(late.location).toBeNull();
  expect(await letsIn(third)).toEqual(nowhere);
  expect(await letsIn(browser)).toEqual(nowhere);
  expect(await letsIn(other)).toEqual(nowhere);
}

test('signing out everywhere ends every session, token, code and sign-in under way', async () => {
  const all = await everything();
  const account = await all.browser.open(`${scene.url}/account`);
  const done = await all.browser.submit(account, {}, '/account/sign-out-everywhere');
  expect(new URL(done.url).pathname).toBe('/account/signed-out');
  await expectNothingLeft(all);
  const again = await enter(all.who);
  expect(await letsIn(again)).toEqual(everywhere);
});

test('disabling a person does so at once, and they cannot come back', async () => {
  const all = await everything();
  await scene.server.drawbridge.parts.people.disable(all.who.id as never);
  await expectNothingLeft(all);
  const page = await all.browser.open((await scene.payroll.request()).url);
  const refused = await all.browser.submit(page, {
    username: all.who.username,
    password: PASSWORD,
  });
  expect(refused.status).toBe(401);
});
