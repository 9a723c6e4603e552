import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Person } from '../../src/directory/person.js';
import { setScene, type Scene } from '../security/support/scene.js';
import { TestBrowser, type Visit } from '../support/browser.js';
import { failureOnPage } from '../support/failure-on-page.js';
import { answerOf } from '../support/oidc-client.js';
import { addPhone, numberOn, PIN, upToPhone } from '../support/phones.js';
import type { ReferenceAuthenticator } from '../support/reference-authenticator/reference-authenticator.js';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene();
});
afterAll(() => scene.close());

interface Waiting {
  person: Person;
  phone: ReferenceAuthenticator;
  browser: TestBrowser;
  page: Visit;
  code: () => string;
}

/** Somebody with a phone, in front of the page that waits for it. */
async function waiting(options: { otp?: boolean; at?: string; locale?: string } = {}) {
  const { otp = false, at, locale = 'en' } = options;
  const { id, username, code } = await scene.somebody({ otp });
  const person = (await scene.server.drawbridge.parts.directory.find(id as never)) as Person;
  const phone = await addPhone(scene.server, person, { name: 'Pocket phone' });
  const browser = new TestBrowser({ headers: { 'accept-language': locale } });
  const url = at ?? (await scene.payroll.request()).url;
  const page = await upToPhone(browser, url, username);
  return { person, phone, browser, page, code } satisfies Waiting;
}

const textOf = ({ body }: Visit) => body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
const offersPhone = ({ body }: Visit) => body.includes('name="method" value="push"');

async function wrongCodes({ browser, page }: Pick<Waiting, 'browser' | 'page'>, count: number) {
  let shown = page;
  for (let typed = 0; typed < count; typed += 1) {
    shown = await browser.submit(shown, { code: '000000' });
  }
  return shown;
}

test.each([
  ['en', 'Back to your account'],
  ['sv', 'Tillbaka till ditt konto'],
])(
  'a sign-in to the account page that ends leads back there by name (%s)',
  async (locale, back) => {
    const { phone, browser, page } = await waiting({ at: `${scene.url}/account`, locale });
    const [challenge] = await phone.pending();
    await phone.deny(challenge!, 'not_me');
    const ended = await browser.open(page.url);
    expect(failureOnPage(ended)?.code).toBe('DB-212');
    expect(textOf(ended)).toContain(back);
    expect(textOf(ended)).not.toMatch(/null|undefined/);
  },
);

test('the phone is told that it is asked for the account page', async () => {
  const { phone } = await waiting({ at: `${scene.url}/account` });
  expect((await phone.pending())[0]).toMatchObject({
    service: expect.stringMatching(/^Your account at ./),
  });
});

test('the waiting page tells without script how long it still waits', async () => {
  const { browser, page } = await waiting();
  expect(textOf(page)).toContain('120 seconds left');
  scene.clock.advance(30_000);
  expect(textOf(await browser.open(page.url))).toContain('90 seconds left');
});

describe('a phone that is removed while its answer is awaited', () => {
  test('ends the sign-in with the reason that a new one would give', async () => {
    const { phone, browser, page } = await waiting();
    await phone.remove();
    expect(failureOnPage(await browser.open(page.url))?.code).toBe('DB-221');
  });

  test('is not called locked when the person sends the request again', async () => {
    const { phone, browser, page } = await waiting();
    await phone.remove();
    const again = await browser.submit(page, { method: 'push' });
    expect(failureOnPage(again)?.code).toBe('DB-221');
    expect(offersPhone(again)).toBe(false);
  });

  test('gives codes that are refused for that reason', async () => {
    const { phone, browser, page } = await waiting();
    const asked = await browser.submit(page, { method: 'otp' });
    scene.clock.advance(30_000);
    const code = await phone.code(PIN);
    await phone.remove();
    expect(failureOnPage(await browser.submit(asked, { code }))?.code).toBe('DB-221');
  });

  test('leaves the other way, with the reason', async () => {
    const { phone, browser, page, code } = await waiting({ otp: true });
    await phone.remove();
    const asked = await browser.open(page.url);
    expect(failureOnPage(asked)?.code).toBe('DB-221');
    expect(offersPhone(asked)).toBe(false);
    expect(answerOf(await browser.submit(asked, { code: code() }))['code']).toBeDefined();
  });

  test('leaves recovery codes', async () => {
    const { person, phone, browser, page } = await waiting();
    const { recoveryCodes } = scene.server.drawbridge.parts;
    const [code] = await recoveryCodes.generate(person);
    await phone.remove();
    const asked = await browser.submit(page, { method: 'push' });
    expect(failureOnPage(asked)?.code).toBe('DB-221');
    expect(answerOf(await browser.submit(asked, { code: code! }))['code']).toBeDefined();
  });

  test('leaves another phone, which is asked', async () => {
    const { person, phone, browser, page } = await waiting();
    const asked = await browser.submit(page, { method: 'otp' });
    scene.clock.advance(30_000);
    const code = await phone.code(PIN);
    const other = await addPhone(scene.server, person, { name: 'Other phone', codes: false });
    await phone.remove();
    const waits = await browser.submit(asked, { code });
    const [challenge] = await other.pending();
    await other.approve(challenge!, { number: numberOn(waits), pin: PIN });
    expect(answerOf(await browser.open(waits.url))['code']).toBeDefined();
  });
});

describe('ten wrong codes', () => {
  test('leave whoever has a phone in the sign-in, and offer it', async () => {
    const { phone, browser, page } = await waiting();
    const asked = await browser.submit(page, { method: 'otp' });
    const locked = await wrongCodes({ browser, page: asked }, 10);
    expect(failureOnPage(locked)?.code).toBe('DB-204');
    expect(locked.body).not.toContain('name="code"');
    expect(offersPhone(locked)).toBe(true);

    scene.clock.advance(30_000);
    const right = await browser.submit(locked, { code: await phone.code(PIN) });
    expect(failureOnPage(right)?.code).toBe('DB-204');

    const waits = await browser.submit(right, { method: 'push' });
    const [challenge] = await phone.pending();
    await phone.approve(challenge!, { number: numberOn(waits), pin: PIN });
    expect(answerOf(await browser.open(waits.url))['code']).toBeDefined();
  });

  test('end the sign-in of whoever has only codes', async () => {
    const { username } = await scene.somebody();
    const browser = new TestBrowser();
    const page = await upToPhone(browser, (await scene.payroll.request()).url, username);
    const ended = await wrongCodes({ browser, page }, 10);
    expect(failureOnPage(ended)?.code).toBe('DB-204');
    expect(ended.status).toBe(400);
  });
});
