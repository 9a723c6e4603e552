import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestBrowser } from '../support/browser.js';
import { answerOf, signIn } from '../support/oidc-client.js';
import { PASSWORD } from '../support/people.js';
import { heldBack, setScene, upToCode, type Scene } from './support/scene.js';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

const people = () => scene.server.drawbridge.parts.people;

/** Signs in where the password is enough. */
async function withPasswordOnly(browser: TestBrowser, username: string): Promise<void> {
  const page = await browser.open((await scene.wiki.request({ prompt: 'login' })).url);
  const arrived = await browser.submit(page, { username, password: PASSWORD });
  expect(answerOf(arrived)['code']).toBeDefined();
}

describe('I2: what was made void lends nothing to what comes after', () => {
  test('a session that sign-out everywhere voided gives no second factor to the next one', async () => {
    const { who, browser } = await scene.signedIn();
    await people().signOutEverywhere(who.id as never);
    await withPasswordOnly(browser, who.username);
    const quiet = await scene.payroll.request({ prompt: 'none' });
    expect(answerOf(await browser.open(quiet.url))['error']).toBe('login_required');
  });

  test('a step-up does not go on with the password of a session that was logged out meanwhile', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    await withPasswordOnly(browser, who.username);
    const stepUp = await browser.open((await scene.payroll.request()).url);
    expect(stepUp.body).toContain('name="code"');
    const asked = await browser.open(`${scene.url}/logout`);
    await browser.submit(asked, { logout: 'yes' });
    const after = await browser.submit(stepUp, { code: who.code() });
    expect(after.location).toBeNull();
    const quiet = await scene.payroll.request({ prompt: 'none' });
    expect(answerOf(await browser.open(quiet.url))['error']).toBe('login_required');
  });

  test('a proof carried over by a password alone ends when it would have ended', async () => {
    const { who, browser } = await scene.signedIn();
    for (let hour = 0; hour < 26; hour += 1) {
      scene.clock.advance(20 * 60_000);
      await browser.open((await scene.payroll.request({ prompt: 'none' })).url);
      scene.clock.advance(8 * 60_000);
      if (hour % 5 === 4) await withPasswordOnly(browser, who.username);
    }
    const quiet = await scene.payroll.request({ prompt: 'none' });
    expect(answerOf(await browser.open(quiet.url))['error']).toBe('login_required');
  });
});

describe('I4: a person is looked at again when a code leaves', () => {
  test('B38: disabled between password and code: no code, no session', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const otp = await upToCode(browser, (await scene.payroll.request()).url, who);
    await people().disable(who.id as never);
    const ended = await browser.submit(otp, { code: who.code() });
    expect(ended.location).toBeNull();
    expect(ended.status).toBeLessThan(500);
    expect(await scene.server.drawbridge.parts.sessions.ofPerson(who.id as never)).toEqual([]);
  });

  test('disabled between the last step and the redirect that fetches the code', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const done = await heldBack(browser, (await scene.payroll.request()).url, who);
    await people().disable(who.id as never);
    const ended = await browser.follow(done);
    expect(ended.location ?? '').not.toContain('code=');
    expect(ended.status).toBeLessThan(500);
    if (ended.location !== null) expect(answerOf(ended)['error']).not.toBe('server_error');
  });

  test('R37: a sign-in begun before sign-out everywhere does not end in a session', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const otp = await upToCode(browser, (await scene.payroll.request()).url, who);
    await people().signOutEverywhere(who.id as never);
    const ended = await browser.submit(otp, { code: who.code() });
    expect(ended.location).toBeNull();
    expect(await scene.server.drawbridge.parts.sessions.ofPerson(who.id as never)).toEqual([]);
  });

  test('taken out of the group that may enter, after the last step', async () => {
    const party = scene.server.registry.byId('payroll');
    if (party === null) throw new Error('payroll is gone');
    const others = scene.server.registry.all().filter(({ id }) => id !== 'payroll');
    const policy = { ...party.policy, groups: ['finance'] };
    scene.server.registry.replace([...others, { ...party, policy }]);
    try {
      const who = await scene.somebody({ groups: ['finance'] });
      const browser = new TestBrowser();
      const done = await heldBack(browser, (await scene.payroll.request()).url, who);
      await people().update(who.id as never, { groups: [] });
      const ended = await browser.follow(done);
      expect(ended.location ?? '').not.toContain('code=');
    } finally {
      scene.server.registry.replace([...others, party]);
    }
  });
});

describe('I5: proofs belong to one person and one session', () => {
  test('a finished sign-in of one person is not the second factor of another', async () => {
    const own = await scene.somebody();
    const victim = await scene.somebody();
    const browser = new TestBrowser();
    const done = await heldBack(browser, (await scene.payroll.request()).url, own);
    await withPasswordOnly(browser, victim.username);
    const ended = await browser.follow(done);
    expect(ended.location).toBeNull();
    expect(ended.status).toBe(400);
    expect(ended.body).not.toContain('<form method="post"');
    const quiet = await scene.payroll.request({ prompt: 'none' });
    expect(answerOf(await browser.open(quiet.url))['error']).toBe('login_required');
  });

  test('nor of a weaker session of the same person after a logout', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const done = await heldBack(browser, (await scene.payroll.request()).url, who);
    await browser.submit(await browser.open(`${scene.url}/logout`), { logout: 'yes' });
    await withPasswordOnly(browser, who.username);
    const ended = await browser.follow(done);
    expect(ended.location ?? '').not.toContain('code=');
  });

  test('O11: every sign-in and step-up has a session id of its own; the old one is dead', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    await withPasswordOnly(browser, who.username);
    const before = await browser.jar.getCookieString(scene.url);
    await browser.submit(await browser.open((await scene.payroll.request()).url), {
      code: who.code(),
    });
    const thief = new TestBrowser({ headers: {} });
    const old = /drawbridge-session=([^;]+)/.exec(before)?.[1] ?? '';
    await thief.jar.setCookie(`drawbridge-session=${old}`, scene.url);
    const quiet = await scene.wiki.request({ prompt: 'none' });
    expect(answerOf(await thief.open(quiet.url))['error']).toBe('login_required');
    expect(await browser.jar.getCookieString(scene.url)).not.toContain(old);
  });

  test('B76: a planted session cookie is replaced, not adopted', async () => {
    const planted = `ses_${'A'.repeat(22)}.${'B'.repeat(43)}`;
    const browser = new TestBrowser();
    await browser.jar.setCookie(`drawbridge-session=${planted}`, scene.url);
    const who = await scene.somebody();
    const arrived = await signIn(browser, (await scene.payroll.request()).url, who);
    expect(answerOf(arrived)['code']).toBeDefined();
    expect(await browser.jar.getCookieString(scene.url)).not.toContain(planted);
  });
});
