import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestBrowser } from '../support/browser.js';
import { answerOf, signIn } from '../support/oidc-client.js';
import { PASSWORD } from '../support/people.js';
import { setScene, type Scene } from './support/scene.js';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

async function attempt(username: string, password: string, browser = new TestBrowser()) {
  const page = await browser.open((await scene.payroll.request({ prompt: 'login' })).url);
  return browser.submit(page, { username, password });
}

const failuresOf = async (id: string) =>
  scene.server.drawbridge.base.database.db
    .selectFrom('people')
    .select(['password_failures', 'password_failures_total', 'password_locked_until'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();

describe('M7: the counter', () => {
  test('of thirty wrong passwords at once ten are judged and ten counted, then the account is locked', async () => {
    const who = await scene.somebody();
    await Promise.all(Array.from({ length: 30 }, () => attempt(who.username, 'wrong password')));
    const row = await failuresOf(who.id);
    expect(row.password_failures).toBe(10);
    expect(row.password_locked_until).not.toBeNull();
    const right = await attempt(who.username, PASSWORD);
    expect(right.status).toBe(401);
    expect(right.body).not.toContain('name="code"');
    scene.clock.advance(15 * 60_000 + 1);
    expect((await attempt(who.username, PASSWORD)).body).toContain('name="code"');
  });

  test('aliases share one budget', async () => {
    const who = await scene.somebody();
    const aliases = [
      who.username,
      `${who.username}@example.org`,
      who.username.toUpperCase(),
      ` ${who.username} `,
    ];
    for (let turn = 0; turn < 10; turn += 1) {
      await attempt(aliases[turn % aliases.length] ?? '', 'wrong password');
    }
    expect((await failuresOf(who.id)).password_failures).toBe(10);
    for (const alias of aliases) expect((await attempt(alias, PASSWORD)).status).toBe(401);
  });

  test('twenty right passwords at once all pass', async () => {
    const who = await scene.somebody();
    const visits = await Promise.all(
      Array.from({ length: 20 }, () => attempt(who.username, PASSWORD)),
    );
    expect(visits.every(({ body }) => body.includes('name="code"'))).toBe(true);
    expect((await failuresOf(who.id)).password_failures).toBe(0);
  });

  test('somebody else’s guesses do not lock a person out of the browser they sign in with', async () => {
    const who = await scene.somebody();
    const own = new TestBrowser();
    const arrived = await signIn(own, (await scene.payroll.request()).url, who);
    expect(answerOf(arrived)['code']).toBeDefined();
    for (let turn = 0; turn < 11; turn += 1) await attempt(who.username, 'wrong password');
    expect((await attempt(who.username, PASSWORD)).status).toBe(401);
    expect((await attempt(who.username, PASSWORD, own)).body).toContain('name="code"');
  });

  test('a cookie that was made, changed or stolen from another person gives no budget', async () => {
    const thief = await scene.somebody();
    const victim = await scene.somebody();
    const browser = new TestBrowser();
    await signIn(browser, (await scene.payroll.request()).url, thief);
    const cookies = await browser.jar.getCookieString(scene.url);
    const known = /drawbridge-known=([^;]+)/.exec(cookies)?.[1] ?? '';
    const mac = known.split('.')[1] ?? '';
    for (let turn = 0; turn < 11; turn += 1) await attempt(victim.username, 'wrong password');
    for (const cookie of [
      known,
      `${victim.id}.${mac}`,
      `${known.split('.')[0]}~${victim.id}.${mac}`,
      `${victim.id}.`,
      `${victim.id}`,
      `.${mac}`,
    ]) {
      const forged = new TestBrowser();
      await forged.jar.setCookie(`drawbridge-known=${cookie}`, scene.url);
      expect((await attempt(victim.username, PASSWORD, forged)).status).toBe(401);
    }
  });

  test('R9: after a hundred wrong ones the password alone does not open again by waiting', async () => {
    const who = await scene.somebody();
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(Array.from({ length: 10 }, () => attempt(who.username, 'wrong password')));
      scene.clock.advance(15 * 60_000 + 1);
    }
    expect((await failuresOf(who.id)).password_failures_total).toBe(100);
    scene.clock.advance(24 * 3_600_000);
    expect((await attempt(who.username, PASSWORD)).status).toBe(401);
    await scene.server.drawbridge.parts.people.unlock(who.id as never);
    expect((await attempt(who.username, PASSWORD)).body).toContain('name="code"');
  });

  test('B75: a forged X-Forwarded-For is no other client', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser({ headers: { 'x-forwarded-for': '203.0.113.9, 10.0.0.1' } });
    await attempt(who.username, 'wrong password', browser);
    const row = await scene.server.drawbridge.base.database.db
      .selectFrom('audit_events')
      .select('client_address')
      .where('person_id', '=', who.id)
      .where('kind', '=', 'sign_in.failed')
      .executeTakeFirstOrThrow();
    expect(row.client_address).toBe('127.0.0.1');
  });
});
