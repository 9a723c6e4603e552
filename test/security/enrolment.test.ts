import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { TestBrowser, type Visit } from '../support/browser.js';
import { answerOf } from '../support/oidc-client.js';
import { setScene, upToCode, type Scene } from './support/scene.js';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

/** The code that an app which scanned the page would show. */
function codeFor(page: Visit): string {
  const secret = /secret=([A-Z2-7]+)/.exec(page.body)?.[1] ?? '';
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  return totp.generate({ timestamp: scene.clock.now() });
}

const factorsOf = (id: string) =>
  scene.server.drawbridge.base.database.db
    .selectFrom('otp_credentials')
    .select('id')
    .where('person_id', '=', id)
    .execute();

async function atEnrolment(username: string): Promise<{ browser: TestBrowser; page: Visit }> {
  const browser = new TestBrowser();
  const page = await upToCode(browser, (await scene.payroll.request()).url, { username });
  expect(page.body).toContain('otpauth://');
  return { browser, page };
}

test('a first factor begun with a password is not added once its person has set up one of their own', async () => {
  const who = await scene.somebody({ otp: false });
  const thief = await atEnrolment(who.username);
  const owner = await atEnrolment(who.username);
  const arrived = await owner.browser.submit(owner.page, { code: codeFor(owner.page) });
  expect(answerOf(arrived)['code']).toBeDefined();
  const ended = await thief.browser.submit(thief.page, { code: codeFor(thief.page) });
  expect(ended.location).toBeNull();
  expect(ended.status).toBe(400);
  expect(await factorsOf(who.id)).toHaveLength(1);
});

test('of ten first factors set up at the same time one is added', async () => {
  const who = await scene.somebody({ otp: false });
  const all = await Promise.all(Array.from({ length: 10 }, () => atEnrolment(who.username)));
  await Promise.all(all.map(({ browser, page }) => browser.submit(page, { code: codeFor(page) })));
  expect(await factorsOf(who.id)).toHaveLength(1);
});

test('a factor begun before a password reset or a sign-out everywhere is not added after it', async () => {
  const who = await scene.somebody({ otp: false });
  const thief = await atEnrolment(who.username);
  await scene.server.drawbridge.parts.people.signOutEverywhere(who.id as never);
  const ended = await thief.browser.submit(thief.page, { code: codeFor(thief.page) });
  expect(ended.location).toBeNull();
  expect(ended.status).toBe(400);
  expect(await factorsOf(who.id)).toEqual([]);
  expect(await scene.server.drawbridge.parts.sessions.ofPerson(who.id as never)).toEqual([]);
});

test('the secret in the page of another sign-in does not fit this one', async () => {
  const who = await scene.somebody({ otp: false });
  const one = await atEnrolment(who.username);
  const other = await atEnrolment(who.username);
  const answer = await one.browser.submit(one.page, { code: codeFor(other.page) });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(await factorsOf(who.id)).toEqual([]);
});
