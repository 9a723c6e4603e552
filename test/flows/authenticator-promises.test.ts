import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pinFault } from '../../src/authenticator/web/pin/pin-rules.js';
import type { Person } from '../../src/directory/person.js';
import { samlRequest } from '../../src/entra-twin/saml-request.js';
import { appFromLink } from '../support/app.js';
import { TestBrowser, type Visit } from '../support/browser.js';
import { makeKey } from '../support/entra-twin/test-key.js';
import { ManualClock } from '../support/manual-clock.js';
import { ownGuid } from '../support/microsoft-365/own-guid.js';
import { startProfileServer } from '../support/microsoft-365/profile-scene.js';
import { addPerson, PASSWORD } from '../support/people.js';
import { addPhone, numberOn, PIN, upToPhone } from '../support/phones.js';
import type { ReferenceAuthenticator } from '../support/reference-authenticator/reference-authenticator.js';
import { postedXml } from '../support/saml/saml-client.js';
import type { TestServer } from '../support/start-server.js';
import { WsFedClient } from '../support/wsfed/wsfed-client.js';

/** What the authenticator promises, a test for each, told by the client that was written from the contract alone. */
const clock = new ManualClock(Date.now());
const MULTIPLE_AUTHN = 'http://schemas.microsoft.com/claims/multipleauthn';
let server: TestServer;
beforeAll(async () => {
  const yaml = readFileSync('config/relying-parties/microsoft-365.yaml', 'utf8');
  server = await startProfileServer(yaml, { clock });
});
afterAll(() => server.close());

let people = 0;
async function somebody(otp = false) {
  people += 1;
  const { person, code } = await addPerson(server.drawbridge, `petra${people}`, { otp });
  return { person, code };
}

const account = () => `${server.url}/account`;
const upToPush = (browser: TestBrowser, { username }: Person) =>
  upToPhone(browser, account(), username);
const isIn = (page: Visit, { name }: Person) =>
  new URL(page.url).pathname === '/account' && page.body.includes(name);

async function byApproval(person: Person, phone: ReferenceAuthenticator, pin = PIN) {
  const browser = new TestBrowser();
  const page = await upToPush(browser, person);
  const [challenge] = await phone.pending();
  if (challenge === undefined) return false;
  await phone.approve(challenge, { number: numberOn(page), pin });
  return isIn(await browser.open(page.url), person);
}

async function byCode(person: Person, phone: ReferenceAuthenticator, pin = PIN) {
  clock.advance(30_000);
  const code = await phone.code(pin);
  const browser = new TestBrowser();
  const page = await upToPush(browser, person);
  const field = page.body.includes('name="code"')
    ? page
    : await browser.submit(page, { method: 'otp' });
  return isIn(await browser.submit(field, { code }), person);
}

const pause = () => clock.advance(21 * 60_000);
const rowOf = ({ kept }: ReferenceAuthenticator) =>
  server.drawbridge.base.database.db
    .selectFrom('profiles')
    .selectAll()
    .where('id', '=', kept.profile)
    .executeTakeFirstOrThrow();
const lock = async (person: Person, phone: ReferenceAuthenticator) => {
  const page = await upToPush(new TestBrowser(), person);
  const [challenge] = await phone.pending();
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await phone.approve(challenge!, { number: numberOn(page), pin: '700441' });
  }
};

test('P1: approval online and codes offline, by one app', async () => {
  const { person } = await somebody();
  const phone = await addPhone(server, person);
  expect(await byApproval(person, phone)).toBe(true);
  expect(await byCode(person, phone)).toBe(true);
});

describe('P2: a PIN for each profile', () => {
  test('is hard to guess: weak ones are refused', () => {
    const weak = [
      '123456',
      '000000',
      '111111',
      '121212',
      '654321',
      '12345',
      '010190',
      '112233',
      '24121985',
    ];
    expect(weak.filter((pin) => pinFault(pin) === null)).toEqual([]);
    expect(pinFault('274093')).toBeNull();
  });

  test('is asked before an approval and before a code', async () => {
    const { person } = await somebody();
    const phone = await addPhone(server, person);
    const browser = new TestBrowser();
    const page = await upToPush(browser, person);
    const [challenge] = await phone.pending();
    const payload = phone.payload(challenge!, 'approve', numberOn(page));
    const withoutPin = await phone.answer(challenge!.id, phone.signed(payload, null));
    expect(withoutPin.status).toBe(400);
    expect(isIn(await browser.open(page.url), person)).toBe(false);
    expect(await byApproval(person, phone, '700441')).toBe(false);
    expect(await byCode(person, phone, '700441')).toBe(false);
  });

  test('is stored nowhere, and neither is anything by which it could be tried', async () => {
    const { person } = await somebody();
    const phone = await addPhone(server, person, { pin: '48091563' });
    const { db } = server.drawbridge.base.database;
    const x = await phone.input('48091563');
    const dump = JSON.stringify([
      await db.selectFrom('profiles').selectAll().execute(),
      await db.selectFrom('otp_credentials').selectAll().execute(),
      await db.selectFrom('audit_events').selectAll().execute(),
      Object.values(phone.kept).map((kept) =>
        Buffer.isBuffer(kept) ? kept.toString('hex') : kept,
      ),
      server.log,
    ]);
    for (const secret of ['48091563', x.toString('hex'), x.toString('base64url')]) {
      expect(dump).not.toContain(secret);
    }
  });
});

test('P3: one person on several phones and tablets, each its own', async () => {
  const { person } = await somebody();
  const phones = [];
  for (const pin of [PIN, '593027', '806142']) phones.push(await addPhone(server, person, { pin }));
  const keys = await Promise.all(phones.map(async (phone) => (await rowOf(phone)).approval_key));
  expect(new Set(keys).size).toBe(3);
  for (const [index, pin] of [PIN, '593027', '806142'].entries()) {
    pause();
    expect(await byApproval(person, phones[index]!, pin)).toBe(true);
  }
  pause();
  expect(await byApproval(person, phones[0]!, '593027')).toBe(false);
});

test('P4: several profiles on one device: one for codes, one for push', async () => {
  const { person } = await somebody();
  const forCodes = await addPhone(server, person, { name: 'Codes' });
  const forPush = await addPhone(server, person, { name: 'Push', pin: '593027', codes: false });
  const devices = await server.drawbridge.parts.phones.devices.devicesOf(person.id);
  expect(devices).toHaveLength(1);
  expect(devices[0]?.profiles.map(({ name }) => name).sort()).toEqual(['Codes', 'Push']);
  expect((await forPush.codes()).body).toMatchObject({ state: 'disabled' });
  expect(await byCode(person, forCodes)).toBe(true);
  expect(await byApproval(person, forPush, '593027')).toBe(true);
});

test('P5: several people share a device, each with profiles, PINs and services of their own', async () => {
  const [one, two] = [await somebody(), await somebody()];
  const hers = await addPhone(server, one.person);
  const his = await addPhone(server, two.person, { pin: '593027' });
  await upToPush(new TestBrowser(), one.person);
  expect(await his.pending()).toEqual([]);
  const [challenge] = await hers.pending();
  expect((await his.deny(challenge!)).status).toBe(404);
  pause();
  expect(await byApproval(one.person, hers)).toBe(true);
  expect(await byApproval(two.person, his, '593027')).toBe(true);
  const [hersDevice, hisDevice] = [await rowOf(hers), await rowOf(his)];
  expect(hersDevice.device_id).not.toBe(hisDevice.device_id);
});

test('P6: a lost PIN is not recovered: the profile is activated anew, and what was locked is gone', async () => {
  const { person } = await somebody();
  const phone = await addPhone(server, person);
  await lock(person, phone);
  pause();
  expect(await byApproval(person, phone)).toBe(false);
  const again = await addPhone(server, person, { pin: '806142' });
  expect((await phone.inbox()).status).toBe(410);
  pause();
  expect(await byApproval(person, again, '806142')).toBe(true);
});

describe('P7: a stolen phone is revoked at once and everywhere', () => {
  const isDead = async (person: Person, phone: ReferenceAuthenticator) => {
    expect((await phone.inbox()).status).toBe(410);
    expect(await rowOf(phone)).toMatchObject({ oprf_key_sealed: null, code_secret_sealed: null });
    const { devices } = server.drawbridge.parts.phones;
    expect((await devices.usableProfiles(person.id)).map(({ id }) => id)).not.toContain(
      phone.kept.profile,
    );
  };

  test('by the person, from any browser, with another factor; a request that waits dies', async () => {
    const { person } = await somebody();
    const [stolen, other] = [await addPhone(server, person), await addPhone(server, person)];
    const mine = new TestBrowser();
    const page = await upToPush(mine, person);
    const [challenge] = await other.pending();
    await other.approve(challenge!, { number: numberOn(page), pin: PIN });
    const home = await mine.open(page.url);
    const thief = new TestBrowser();
    const waits = await upToPush(thief, person);
    const [asked] = await stolen.pending();
    const fresh = await mine.open(home.url);
    await mine.submit(fresh, { phone: stolen.kept.profile }, '/account/phones/remove');
    await isDead(person, stolen);
    const late = await stolen.approve(asked!, { number: numberOn(waits), pin: PIN });
    expect(late.status).toBe(410);
    expect(isIn(await thief.open(waits.url), person)).toBe(false);
    const codes = await byCode(person, stolen);
    expect(codes).toBe(false);
  });

  test('by the help desk and by programs, which end one phone or all', async () => {
    const { person } = await somebody();
    const [one, two] = [await addPhone(server, person), await addPhone(server, person)];
    const { base, parts } = server.drawbridge;
    const by = { because: 'help-desk', actor: 'desk' } as const;
    await base.database.transaction((tx) =>
      parts.phones.revocation.revokeProfile(tx, one.kept.profile as never, by),
    );
    await isDead(person, one);
    expect((await two.inbox()).status).toBe(200);
    await base.database.transaction((tx) => parts.phones.revocation.revokeAll(tx, person.id, by));
    await isDead(person, two);
  });
});

test('P8: a new phone is activated anew, and a copied one is found out', async () => {
  const { person } = await somebody();
  const old = await addPhone(server, person);
  const renewed = await addPhone(server, person);
  expect((await rowOf(renewed)).approval_key).not.toBe((await rowOf(old)).approval_key);
  const copy = renewed.copy(server.url);
  clock.advance(1_000);
  expect((await copy.inbox()).status).toBe(200);
  clock.advance(1_000);
  expect((await renewed.inbox()).status).toBe(410);
  expect((await copy.inbox()).status).toBe(410);
  expect(await rowOf(renewed)).toMatchObject({ revoked_because: 'clone' });
  expect(await byApproval(person, old)).toBe(true);
});

describe('P9: codes are set up', () => {
  test('by the person, in any OATH app', async () => {
    const { person } = await somebody();
    const browser = new TestBrowser();
    const page = await upToPush(browser, person);
    const app = appFromLink(page, clock);
    const home = await browser.submit(page, { code: app.code() });
    expect(isIn(home, person)).toBe(true);
    clock.advance(30_000);
    const again = new TestBrowser();
    const asked = await upToPush(again, person);
    expect(isIn(await again.submit(asked, { code: app.code() }), person)).toBe(true);
  });

  test('by an administrator, who brings the secret of another app', async () => {
    const { person, code } = await somebody(true);
    const browser = new TestBrowser();
    const page = await upToPush(browser, person);
    expect(isIn(await browser.submit(page, { code: code() }), person)).toBe(true);
  });

  test('beside each other: the codes of our app and those of any other', async () => {
    const { person, code } = await somebody(true);
    const phone = await addPhone(server, person);
    expect(await byCode(person, phone)).toBe(true);
    clock.advance(30_000);
    const browser = new TestBrowser();
    const page = await upToPush(browser, person);
    const field = await browser.submit(page, { method: 'otp' });
    expect(isIn(await browser.submit(field, { code: code() }), person)).toBe(true);
  });
});

describe('P10: Office 365', () => {
  let employees = 0;
  const microsoft = makeKey('Live ID STS');
  const surroundings = { now: () => clock.now(), bytes: (length: number) => randomBytes(length) };

  async function employee() {
    const { person } = await somebody();
    const upn = `${person.username}@example.com`;
    employees += 1;
    const attributes = { objectGUID: [ownGuid(employees).guid] };
    await server.drawbridge.parts.people.update(person.id, { upn, attributes });
    return { person, phone: await addPhone(server, person) };
  }
  type Employee = Awaited<ReturnType<typeof employee>>;

  /** From the page for the password to what is posted to Microsoft. */
  const ways: Record<string, (browser: TestBrowser, page: Visit, who: Employee) => Promise<Visit>> =
    {
      async push(browser, page, { phone }) {
        const [challenge] = await phone.pending();
        await phone.approve(challenge!, { number: numberOn(page), pin: PIN });
        return browser.open(page.url);
      },
      async codes(browser, page, { phone }) {
        const field = await browser.submit(page, { method: 'otp' });
        return browser.submit(field, { code: await phone.code(PIN) });
      },
    };

  test.each(Object.keys(ways))('by SAML-P with %s', async (way) => {
    const who = await employee();
    const { form } = await samlRequest(
      {
        form: 'unsigned-2024',
        passiveSignInUri: `${server.url}/saml/sso`,
        multiFactor: true,
        fresh: false,
        key: microsoft,
      },
      surroundings,
    );
    const body = new URLSearchParams(form.fields.map(([name, value]) => [name, value]));
    const browser = new TestBrowser();
    const posted = await new TestBrowser().request(`${server.url}/saml/sso`, {
      method: 'POST',
      body,
    });
    const start = await browser.follow(posted);
    const page = await browser.submit(start, credentials(who.person));
    const xml = postedXml(await ways[way]!(browser, page, who));
    expect(xml).toContain(`${MULTIPLE_AUTHN}</saml:AuthnContextClassRef>`);
    expect(xml).toContain(`${who.person.username}@example.com`);
  });

  test.each(Object.keys(ways))('by WS-Federation with %s', async (way) => {
    const who = await employee();
    const office = new WsFedClient('office', server.url, {
      realm: 'urn:federation:MicrosoftOnline',
      reply: 'https://login.microsoftonline.com/login.srf',
    });
    const browser = new TestBrowser();
    const url = office.requestUrl({ wauth: MULTIPLE_AUTHN });
    const page = await upToPhone(browser, url, who.person.username);
    const token = await office.receive(await ways[way]!(browser, page, who), 'ctx', clock.now());
    expect(token.method).toBe(MULTIPLE_AUTHN);
  });
});

const credentials = ({ username }: Person) => ({ username, password: PASSWORD });
