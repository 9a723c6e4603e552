import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Person } from '../../src/directory/person.js';
import { createSecondFactors } from '../../src/factors/second-factors.js';
import { setScene, type Scene } from '../security/support/scene.js';
import { TestBrowser, type Visit } from '../support/browser.js';
import { answerOf } from '../support/oidc-client.js';
import { addPhone, PIN, upToPhone } from '../support/phones.js';
import type { ReferenceAuthenticator } from '../support/reference-authenticator/reference-authenticator.js';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

async function somebody(): Promise<Person> {
  const { id } = await scene.somebody({ otp: false });
  return (await scene.server.drawbridge.parts.directory.find(id as never)) as Person;
}

async function signInByCode(
  { username }: Person,
  phone: ReferenceAuthenticator,
  url: string,
): Promise<Visit> {
  scene.clock.advance(30_000);
  const browser = new TestBrowser();
  const waiting = await upToPhone(browser, url, username);
  const asked = await browser.submit(waiting, { method: 'otp' });
  return browser.submit(asked, { code: await phone.code(PIN) });
}

const textOf = ({ body }: Visit) => body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

test('a phone that gave a code counts as used, wherever its use is told', async () => {
  const { base, parts } = scene.server.drawbridge;
  const person = await somebody();
  const phone = await addPhone(scene.server, person, { name: 'Pocket phone' });
  const [before] = await parts.phones.devices.devicesOf(person.id);
  expect(before!.profiles[0]!.lastUsedAt).toBeNull();

  expect(
    answerOf(await signInByCode(person, phone, (await scene.payroll.request()).url))['code'],
  ).toBeDefined();
  const used = scene.clock.now();
  const account = await signInByCode(person, phone, `${scene.url}/account`);
  expect(textOf(account)).toContain('Pocket phone');
  expect(textOf(account)).not.toContain('never used');
  const [device] = await parts.phones.devices.devicesOf(person.id);
  expect(device!.profiles[0]!.lastUsedAt).toBeGreaterThanOrEqual(used);
  const { phones } = await createSecondFactors(base).overview(person);
  expect(phones[0]!.lastUsedAt).toBe(device!.profiles[0]!.lastUsedAt);
  const usable = await parts.phones.devices.usableProfiles(person.id);
  expect(usable[0]!.lastUsedAt).toBe(device!.profiles[0]!.lastUsedAt);
});

test('the list of sign-ins names the phone that a code came from, also when it is removed by now', async () => {
  const person = await somebody();
  const old = await addPhone(scene.server, person, { name: 'Old phone' });
  await signInByCode(person, old, (await scene.payroll.request()).url);
  const next = await addPhone(scene.server, person, { name: 'Next phone' });
  await old.remove();
  const page = textOf(await signInByCode(person, next, `${scene.url}/account`));
  expect(page).toContain('Password + Code from Old phone');
  expect(page).toContain('Password + Code from Next phone');
});
