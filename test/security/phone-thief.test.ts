import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Person } from '../../src/directory/person.js';
import { createSecondFactors } from '../../src/factors/second-factors.js';
import { appFromLink } from '../support/app.js';
import { TestBrowser, type Visit } from '../support/browser.js';
import { failureOnPage } from '../support/failure-on-page.js';
import { addPhone, numberOn, PIN, upToPhone } from '../support/phones.js';
import type { ReferenceAuthenticator } from '../support/reference-authenticator/reference-authenticator.js';
import { revokePhone } from '../support/phone-sessions.js';
import { setScene, type Scene, type Somebody } from './support/scene.js';

/** Somebody has the phone and the password, and not the PIN. */
let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

async function victim(): Promise<{ who: Somebody; person: Person; phone: ReferenceAuthenticator }> {
  const who = await scene.somebody({ otp: false });
  const person = await scene.server.drawbridge.parts.directory.find(who.id as never);
  const phone = await addPhone(scene.server, person!, { codes: false });
  return { who, person: person!, phone };
}

const withPassword = async ({ username }: Somebody): Promise<Visit> =>
  upToPhone(new TestBrowser(), (await scene.payroll.request()).url, username);

function expectNothingToSetUp(page: Visit): void {
  expect(page.body).not.toContain('otpauth:');
  expect(page.body).not.toContain('/authenticator/#a=');
  expect(page.body).not.toContain('value="otp"');
}

async function lockIt({ who, phone }: Awaited<ReturnType<typeof victim>>): Promise<void> {
  const page = await withPassword(who);
  const [challenge] = await phone.pending();
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await phone.approve(challenge!, { number: numberOn(page), pin: '700441' });
  }
}

describe('whoever has phone and password, but no PIN, gets no factor of their own', () => {
  test('by guessing until the phone is locked', async () => {
    const at = await victim();
    await lockIt(at);
    const page = await withPassword(at.who);
    expectNothingToSetUp(page);
    expect(failureOnPage(page)?.code).toBe('DB-216');
  });

  test('by removing the profile in the app, which needs no PIN', async () => {
    const { who, phone } = await victim();
    expect((await phone.remove()).status).toBe(204);
    const page = await withPassword(who);
    expectNothingToSetUp(page);
    expect(failureOnPage(page)?.code).toBe('DB-221');
  });

  test('by making a copy of it fall behind', async () => {
    const { who, phone } = await victim();
    const copy = phone.copy(scene.server.url);
    scene.clock.advance(1_000);
    await copy.inbox();
    scene.clock.advance(1_000);
    expect((await phone.inbox()).status).toBe(410);
    const page = await withPassword(who);
    expectNothingToSetUp(page);
    expect(failureOnPage(page)?.code).toBe('DB-221');
  });

  test('when the help desk has revoked it, which lets nobody in by the password alone', async () => {
    const { who, phone } = await victim();
    await revokePhone(scene.server, phone);
    const page = await withPassword(who);
    expectNothingToSetUp(page);
  });

  test('with a page of an enrolment that was kept open from before there was a phone', async () => {
    const who = await scene.somebody({ otp: false });
    const thief = new TestBrowser();
    const open = await upToPhone(thief, (await scene.payroll.request()).url, who.username);
    const person = await scene.server.drawbridge.parts.directory.find(who.id as never);
    const phone = await addPhone(scene.server, person!, { codes: false });
    await phone.remove();
    const ended = await thief.submit(open, { code: appFromLink(open, scene.clock).code() });
    expect(failureOnPage(ended)?.code).toBe('DB-221');
  });
});

describe('whoever has phone and old password, but no PIN, sets no new password where one is demanded', () => {
  const demand = ({ person }: { person: Person }) =>
    scene.server.drawbridge.parts.people.demandPasswordChange(person.id);
  const whereOneIsEnough = async (browser: TestBrowser, { username }: Somebody) =>
    upToPhone(browser, (await scene.wiki.request({ prompt: 'login' })).url, username);

  const outOfUse: [string, string, (of: Awaited<ReturnType<typeof victim>>) => Promise<void>][] = [
    ['is locked', 'DB-216', lockIt],
    [
      'was removed in the app',
      'DB-221',
      async ({ phone }) => {
        await phone.remove();
      },
    ],
    ['was revoked by the help desk', 'DB-221', ({ phone }) => revokePhone(scene.server, phone)],
  ];
  test.each(outOfUse)('after the phone %s: %s', async (_, code, takeOutOfUse) => {
    const at = await victim();
    await demand(at);
    await takeOutOfUse(at);
    const page = await whereOneIsEnough(new TestBrowser(), at.who);
    expect(page.body).not.toContain('new_password');
    expect(failureOnPage(page)?.code).toBe(code);
  });

  test('with a page that was kept open from before there was a phone', async () => {
    const who = await scene.somebody({ otp: false });
    const person = await scene.server.drawbridge.parts.directory.find(who.id as never);
    await demand({ person: person! });
    const browser = new TestBrowser();
    const open = await whereOneIsEnough(browser, who);
    expect(open.body).toContain('new_password');
    const now = await scene.server.drawbridge.parts.directory.find(who.id as never);
    await addPhone(scene.server, now!, { codes: false });
    const chosen = 'another long pass phrase 42';
    const answer = { new_password: chosen, repeat_password: chosen };
    expect(numberOn(await browser.submit(open, answer))).toMatch(/^\d+$/);
    const after = await scene.server.drawbridge.parts.directory.find(who.id as never);
    expect(after?.epoch).toBe(now?.epoch);
  });
});

test('a recovery code still helps its owner', async () => {
  const at = await victim();
  await scene.server.drawbridge.parts.recoveryCodes.generate(at.person);
  await at.phone.remove();
  const page = await withPassword(at.who);
  expectNothingToSetUp(page);
  expect(page.body).toContain('value="factor:recovery-code"');
});

test('a second phone is asked when the first one is gone', async () => {
  const { who, person, phone } = await victim();
  const other = await addPhone(scene.server, person, { codes: false });
  await revokePhone(scene.server, phone);
  const browser = new TestBrowser();
  const page = await upToPhone(browser, (await scene.payroll.request()).url, who.username);
  const [challenge] = await other.pending();
  expect((await other.approve(challenge!, { number: numberOn(page), pin: PIN })).status).toBe(200);
});

test('the help desk opens setting up again by removing all factors', async () => {
  const { who, person, phone } = await victim();
  await phone.remove();
  const { base, parts } = scene.server.drawbridge;
  const factors = createSecondFactors(base);
  await parts.people.signOutEverywhere(person.id, {}, async (tx) => {
    await factors.removeAll(tx, person);
  });
  expect((await withPassword(who)).body).toContain('otpauth:');
});
