import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Person } from '../../src/directory/person.js';
import { toBase32 } from '../../src/factors/otp/oath.js';
import { sealingContext } from '../../src/keys/sealing-context.js';
import { buildApp } from '../support/phone-app/build-app.js';
import { chromiumBinary, startChromium } from '../support/chromium.js';
import { lookAt } from '../support/looked-at-page.js';
import { addPerson, PASSWORD } from '../support/people.js';
import { activate, askForApproval } from '../support/phone-app/desk.js';
import { filesWith, keptByBrowser } from '../support/phone-app/kept-things.js';
import { heading, press, startPhone, type Phone } from '../support/phone-app/phone.js';
import { startTestServer, type TestServer } from '../support/start-server.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const isMissing = chromiumBinary === undefined && process.env['CI'] !== 'true';
const suite = isMissing ? describe.skip : describe;
// Nine digits, so that they are not found by chance where they are looked for.
const pin = '274093518';
const wrongPin = '274093517';

suite('approvals in the phone app', () => {
  const folder = temporaryFolder();
  let server: TestServer;
  let phone: Phone;
  let anna: Person;
  let bo: Person;
  const sent: string[] = [];
  const received: string[] = [];
  const activationCodes: string[] = [];
  let code = '';

  beforeAll(async () => {
    await buildApp();
    server = await startTestServer({ relyingParties: [], processes: 1 });
    ({ person: anna } = await addPerson(server.drawbridge, 'anna', { otp: false }));
    ({ person: bo } = await addPerson(server.drawbridge, 'bo', { otp: false }));
    phone = await startPhone(server.url, { profile: folder.path });
    phone.context.on('request', (request) => {
      const signed = request.headers()['drawbridge-request'];
      if (signed !== undefined) sent.push(signed);
      const { device, approval } = (request.postDataJSON() ?? {}) as Record<string, string>;
      sent.push(...[device, approval].filter((text) => typeof text === 'string'));
    });
    phone.context.on('response', (response) => {
      response.text().then(
        (text) => received.push(text),
        () => {},
      );
    });
    activationCodes.push(await activate(server.drawbridge, phone, anna, pin));
  });
  afterAll(async () => {
    await phone?.close();
    await server?.close();
  });

  const answer = async (number: string, typedPin: string) => {
    const { page } = phone;
    await page.getByLabel('Type the number').fill(number);
    await page.getByLabel('Your PIN').fill(typedPin);
    await press(page, 'Approve sign-in');
  };
  const done = async () => {
    await press(phone.page, 'Done');
    await heading(phone.page, 'Your profiles');
  };
  /** Up to the page that shows the number. */
  const signIn = async (computer: Page): Promise<string> => {
    await computer.goto(`${server.url}/account`);
    await computer.getByLabel('User name').fill('anna');
    await computer.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await computer.getByRole('button', { name: 'Sign in' }).click();
    return (await computer.locator('.digits').textContent()) ?? '';
  };

  /** What codes are made of, as the server has it: in several spellings. */
  async function codeSecretOf({ id }: Person) {
    const { database, sealer } = server.drawbridge.base;
    const row = await database.db
      .selectFrom('otp_credentials')
      .select(['id', 'secret_sealed'])
      .where('person_id', '=', id)
      .executeTakeFirstOrThrow();
    const secret = sealer.open(row.secret_sealed, sealingContext.otpSecret(row.id));
    return {
      'code secret': secret.toString('base64url'),
      'code secret, hex': secret.toString('hex'),
      'code secret, base32': toBase32(secret),
    };
  }

  test('a sign-in in another browser goes on by itself after number and PIN', async () => {
    const computer = await startChromium();
    try {
      const page = await computer.context.newPage();
      const number = await signIn(page);
      await heading(phone.page, 'Is this you signing in?');
      await answer(number, pin);
      await heading(phone.page, 'Approved');
      await page.getByRole('heading', { level: 1, name: 'Person anna' }).waitFor();
      await done();
    } finally {
      await computer.close();
    }
  });

  test('a wrong PIN says one thing for PIN and number, counts, and the right one is forgiven', async () => {
    const { page } = phone;
    const { number } = await askForApproval(server.drawbridge, anna);
    await heading(page, 'Is this you signing in?');
    await answer(number, wrongPin);
    await page
      .getByText('The number or the PIN was not right. Try again. 4 tries are left')
      .waitFor();
    const look = await lookAt(page, 'authenticator-wrong-pin', { script: true, scheme: 'light' });
    expect(look).toEqual([]);
    await answer(number, pin);
    await heading(page, 'Approved');
    await done();
  });

  test('a wrong number ends the request', async () => {
    const { page } = phone;
    const { number } = await askForApproval(server.drawbridge, anna);
    await heading(page, 'Is this you signing in?');
    await answer(String((Number(number) + 1) % 100).padStart(2, '0'), pin);
    await heading(page, 'Not approved');
    expect(
      await lookAt(page, 'authenticator-wrong-number', { script: true, scheme: 'dark' }),
    ).toEqual([]);
    await done();
  });

  test('five wrong PINs lock the profile, which says what to do', async () => {
    const { page } = phone;
    const { number } = await askForApproval(server.drawbridge, anna);
    await heading(page, 'Is this you signing in?');
    // One strike is left over from the wrong number.
    for (const left of ['3 tries are left', '2 tries are left', 'One try is left']) {
      await answer(number, wrongPin);
      await page.getByText(left).waitFor();
    }
    await answer(number, wrongPin);
    await heading(page, 'This profile is locked');
    expect(await lookAt(page, 'authenticator-locked', { script: true, scheme: 'light' })).toEqual(
      [],
    );
    await press(page, 'Start page');
    await page.getByText('Locked', { exact: true }).waitFor();
    expect(
      await lookAt(page, 'authenticator-locked-home', { script: true, scheme: 'light' }),
    ).toEqual([]);
    expect(await page.getByText('Locked', { exact: true }).count()).toBe(1);
  });

  test('a second person on the same device approves, by keyboard alone, while the first is locked', async () => {
    const { page } = phone;
    activationCodes.push(await activate(server.drawbridge, phone, bo, pin, 'Shared tablet'));
    const asked = await askForApproval(server.drawbridge, bo);
    await heading(page, 'Is this you signing in?');
    await page.keyboard.press('Tab');
    await page.keyboard.type(asked.number);
    await page.keyboard.type(pin);
    await page.keyboard.press('Enter');
    await heading(page, 'Approved');
    for (let tabs = 0; tabs < 8; tabs += 1) {
      await page.keyboard.press('Tab');
      if ((await page.evaluate<string>('document.activeElement.textContent')) === 'Done') break;
    }
    await page.keyboard.press('Enter');
    await heading(page, 'Your profiles');
  });

  test('denied without a PIN, and blocked without a PIN', async () => {
    const { page } = phone;
    const first = await askForApproval(server.drawbridge, bo);
    await press(page, 'Deny');
    await heading(page, 'Denied');
    await done();
    const { desk } = server.drawbridge.parts.phones;
    expect((await desk.find(first.id as never))?.state.kind).toBe('denied');
    const second = await askForApproval(server.drawbridge, bo);
    await press(page, /It isn’t me/);
    await heading(page, 'Blocked');
    expect(await lookAt(page, 'authenticator-not-me', { script: true, scheme: 'light' })).toEqual(
      [],
    );
    await done();
    expect((await desk.find(second.id as never))?.state.kind).toBe('not-me');
  });

  test('two people with one PIN on one device have different keys and codes', async () => {
    const { page } = phone;
    const { devices } = server.drawbridge.parts.phones;
    const [hers, his] = await Promise.all(
      [anna, bo].map(async ({ id }) => (await devices.devicesOf(id))[0]?.profiles[0]),
    );
    expect(hers!.approvalKey).not.toBe(his!.approvalKey);
    expect(hers!.deviceKey).not.toBe(his!.deviceKey);
    const codes: string[] = [];
    for (const index of [0, 1]) {
      await page.getByRole('button', { name: 'One-time code' }).nth(index).click();
      await page.getByLabel('Your PIN').fill(pin);
      await press(page, 'Get a code');
      await press(page, 'Show the code');
      codes.push((await page.locator('.shown-code .digits').textContent()) ?? '');
      await done();
    }
    expect(codes[0]).toMatch(/^\d{3} \d{3}$/);
    expect(codes[0]).not.toBe(codes[1]);
    code = codes[0]!.replace(' ', '');
  });

  test('nothing made from the PIN was kept, logged or sent back', async () => {
    const { page, context, problems } = phone;
    const { devices } = server.drawbridge.parts.phones;
    const all = await devices.devicesOf(anna.id);
    const approvalKey = Buffer.from(all[0]!.profiles[0]!.approvalKey!, 'base64url');
    const x = approvalKey.subarray(1, 33);
    const y = approvalKey.subarray(33);
    const jwk = { crv: 'P-256', kty: 'EC', x: x.toString('base64url'), y: y.toString('base64url') };
    const thumbprint = createHash('sha256').update(JSON.stringify(jwk)).digest('base64url');
    const forbidden = {
      pin,
      'approval key, x': jwk.x,
      'approval key, hex': x.toString('hex'),
      'approval key, whole': approvalKey.toString('base64url'),
      'approval key, compressed': Buffer.concat([Buffer.of(2 + (y[31]! & 1)), x]).toString(
        'base64url',
      ),
      thumbprint,
      'a signed text': 'eyJhbGciOiJFUzI1NiI',
      ...(await codeSecretOf(anna)),
    };
    const kept = await keptByBrowser(page);
    const found = (text: string) =>
      Object.entries(forbidden).filter(([, value]) => text.includes(value));
    expect(found(kept.text)).toEqual([]);
    const { databases, ...elsewhere } = JSON.parse(kept.text) as Record<string, object>;
    // As a number of its own, for longer ones have any six digits in them now and then.
    const asNumber = new RegExp(`(?<!\\d)${code.slice(0, 3)} ?${code.slice(3)}(?!\\d)`);
    expect(JSON.stringify({ databases, ...elsewhere, caches: null })).not.toMatch(asNumber);
    for (const text of received) expect(text).not.toMatch(asNumber);
    const issued = activationCodes.filter((text) => kept.text.includes(text));
    expect([activationCodes.length, issued]).toEqual([2, []]);
    expect(Object.keys(kept.caches).filter((url) => url.includes('/api/'))).toEqual([]);
    expect(kept.databases['drawbridge-authenticator/profiles']).toHaveLength(2);
    expect(await context.cookies(server.url)).toEqual([]);
    expect(sent.length).toBeGreaterThan(10);
    expect(received.length).toBeGreaterThan(10);
    expect(received.flatMap((text) => found(text))).toEqual([]);
    expect(server.log.flatMap((line) => found(line))).toEqual([]);
    expect(problems).toEqual([]);
    await phone.close();
    const [signed] = sent.filter((text) => text.split('.').length === 3);
    const signature = Buffer.from(signed?.split('.')[2] ?? '', 'base64url');
    expect(signature).toHaveLength(64);
    const codeSecret = Buffer.from(forbidden['code secret, hex'], 'hex');
    const raw = {
      ...forbidden,
      'approval key, bytes': x,
      'approval key, the other half': y,
      'a signature, bytes': signature,
      'code secret, bytes': codeSecret,
      ...Object.fromEntries(activationCodes.map((text) => [`activation code ${text}`, text])),
    };
    expect(filesWith(folder.path, raw)).toEqual([]);
    // What may be there is found, so the rest would have been.
    const allowed = { 'profile id': all[0]!.profiles[0]!.id };
    expect(filesWith(folder.path, allowed)).not.toEqual([]);
  });
});
