import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Person } from '../../src/directory/person.js';
import { readActivationCode } from '../../src/devices/wire/activation-code.js';
import { TestBrowser, type Visit } from '../support/browser.js';
import { ManualClock } from '../support/manual-clock.js';
import { signIn } from '../support/oidc-client.js';
import { addPerson } from '../support/people.js';
import { confirm, issueCode, PIN } from '../support/phones.js';
import { ReferenceAuthenticator } from '../support/reference-authenticator/reference-authenticator.js';
import { startTestServer, type TestServer } from '../support/start-server.js';

const clock = new ManualClock(Date.now());
let server: TestServer;
let person: Person;
beforeAll(async () => {
  server = await startTestServer({ relyingParties: [], processes: 1, clock });
  ({ person } = await addPerson(server.drawbridge, 'mia'));
});
afterAll(() => server.close());

const newPhone = () => new ReferenceAuthenticator(server.url, () => clock.now());

describe('1. activation', () => {
  async function onAddPage(browser: TestBrowser, username: string): Promise<Visit> {
    const { code } = await addPerson(server.drawbridge, username);
    await signIn(browser, `${server.url}/account`, { username, code });
    const start = await browser.open(`${server.url}/account/phones/add`);
    return browser.submit(start, { issue: '1' });
  }

  test('by the typed code: the page shows the fingerprint of the phone, and its owner confirms it', async () => {
    const browser = new TestBrowser();
    const page = await onAddPage(browser, 'eva');
    const typed = /<span class="secret">([0-9A-Z-]{39})<\/span>/.exec(page.body)?.[1] ?? '';
    const phone = newPhone();
    await phone.activate(readActivationCode(typed.toLowerCase()) ?? '', PIN, {
      name: 'Mias mobil',
    });
    expect((await phone.activationState()).body).toMatchObject({ state: 'waiting' });
    expect((await phone.inbox()).body).toEqual({ error: 'state' });
    const compare = await browser.open(page.url);
    expect(compare.body).toContain(
      `<span>${phone.fingerprint.slice(0, 3)}</span><span>${phone.fingerprint.slice(3)}</span>`,
    );
    expect(compare.body).toContain('Mias mobil');
    const home = await browser.submit(compare, { fingerprint: 'same' });
    expect(home.body).toContain('Mias mobil');
    expect((await phone.activationState()).body).toMatchObject({ state: 'active' });
    expect((await phone.inbox()).body).toMatchObject({
      profile: { state: 'active', name: 'Mias mobil', codes: 'enabled', push: 'none' },
    });
  });

  test('by the link on the same phone; another fingerprint is refused and the draft wiped', async () => {
    const browser = new TestBrowser();
    const page = await onAddPage(browser, 'kim');
    const link = /href="([^"]*#a=[^"]*)"/.exec(page.body)?.[1] ?? '';
    expect(link).toMatch(new RegExp(`^${server.url}/authenticator/#a=[0-9A-Z]{32}$`));
    const phone = newPhone();
    await phone.activate(link.slice(-32), PIN);
    await browser.submit(await browser.open(page.url), { fingerprint: 'other' });
    expect((await phone.activationState()).body).toMatchObject({ state: 'refused' });
    expect((await phone.activationState()).status).toBe(410);
  });

  test('a phone that takes itself back while its fingerprint is compared: the page says that it is over', async () => {
    const browser = new TestBrowser();
    const page = await onAddPage(browser, 'lou');
    const phone = newPhone();
    await phone.activate(/#a=([0-9A-Z]{32})"/.exec(page.body)?.[1] ?? '', PIN);
    const compare = await browser.open(page.url);
    expect(compare.body).toContain('data-state="completed"');
    expect((await phone.remove()).status).toBe(204);
    const after = await browser.submit(compare, { fingerprint: 'same' });
    expect(after.body).toContain('data-state="refused"');
    expect(after.body).toContain('That code is over');
    const home = await browser.open(`${server.url}/account`);
    expect(home.body).not.toContain('/account/phones/remove');
  });

  test('a code works once: two phones at once, exactly one wins', async () => {
    const issued = await issueCode(server.drawbridge, person);
    const phones = Array.from({ length: 8 }, newPhone);
    const begun = await Promise.all(phones.map((phone) => phone.begin(issued.code)));
    const statuses = begun.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, 404, 404, 404, 404, 404, 404, 404]);
    expect((await newPhone().begin(issued.code)).status).toBe(404);
  });

  test('the identical call again gets the same answer, an hour later nothing', async () => {
    clock.advance(11 * 60_000);
    const issued = await issueCode(server.drawbridge, person);
    const phone = newPhone();
    const [first, second] = [await phone.begin(issued.code), await phone.begin(issued.code)];
    expect(second.body).toMatchObject({
      activation: first.body['activation'],
      profile: first.body['profile'],
    });
    clock.advance(60 * 60_000);
    expect((await phone.begin(issued.code)).status).toBe(404);
    expect((await phone.activationState()).body).toMatchObject({ state: 'expired' });
    expect((await phone.activationState()).status).toBe(410);
  });

  test('a code expires, a newer one voids it, and so does everything that voids what was issued', async () => {
    clock.advance(11 * 60_000);
    const expired = await issueCode(server.drawbridge, person);
    clock.advance(10 * 60_000);
    const replaced = await issueCode(server.drawbridge, person);
    const other = (await addPerson(server.drawbridge, 'ola')).person;
    const voided = await issueCode(server.drawbridge, other);
    await issueCode(server.drawbridge, person);
    await server.drawbridge.parts.people.signOutEverywhere(other.id);
    for (const { code: text } of [expired, replaced, voided]) {
      expect((await newPhone().begin(text)).status).toBe(404);
    }
  });

  test('from an administrator it needs a second secret; the fifth wrong one voids it', async () => {
    clock.advance(11 * 60_000);
    const issued = await issueCode(server.drawbridge, person, 'administrator');
    const phone = newPhone();
    expect((await phone.begin(issued.code)).body).toEqual({ error: 'second_secret' });
    const wrong = issued.secondSecret === '00000000' ? '00000001' : '00000000';
    const tries = await Promise.all(
      Array.from({ length: 8 }, () => newPhone().begin(issued.code, { secondSecret: wrong })),
    );
    expect(tries.map(({ status }) => status).sort()).toEqual([
      ...Array<number>(5).fill(401),
      ...Array<number>(3).fill(404),
    ]);
    const late = { secondSecret: issued.secondSecret ?? '' };
    expect((await phone.begin(issued.code, late)).status).toBe(404);

    const next = await issueCode(server.drawbridge, person, 'administrator');
    const right = { secondSecret: next.secondSecret ?? '' };
    expect((await phone.activate(next.code, PIN, right)).status).toBe(200);
    await confirm(server.drawbridge, person, next.id);
  });

  test('twenty wrong codes from one address, then a pause, which a colleague with a right one does not meet', async () => {
    clock.advance(11 * 60_000);
    const calls = [];
    for (let call = 0; call < 21; call += 1) calls.push(await newPhone().begin('0'.repeat(32)));
    expect(calls.slice(0, 20).map(({ status }) => status)).toEqual(Array(20).fill(404));
    expect(calls[20]).toMatchObject({ status: 429, body: { error: 'too_many' } });
    expect(calls[20]?.headers.get('retry-after')).not.toBeNull();
    const issued = await issueCode(server.drawbridge, person);
    expect((await newPhone().begin(issued.code)).status).toBe(201);
    clock.advance(11 * 60_000);
  });

  test('a draft has three evaluations, and its approval key must be proved', async () => {
    const issued = await issueCode(server.drawbridge, person);
    const phone = newPhone();
    await phone.begin(issued.code);
    const x = await phone.input(PIN);
    const key = Buffer.from(phone.devicePublicKey).toString('base64url');
    const unproved = { approvalKey: key, proof: Buffer.alloc(64, 1).toString('base64url') };
    expect((await phone.post('/activation/complete', unproved)).body).toEqual({
      error: 'key_invalid',
    });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(await phone.evaluate('/activation/evaluate', x)).toHaveProperty('scalar');
    }
    expect(await phone.evaluate('/activation/evaluate', x)).toMatchObject({ status: 429 });
    const identity = { blinded: Buffer.alloc(33).toString('base64url') };
    expect((await phone.post('/activation/evaluate', identity)).body).toEqual({
      error: 'point_invalid',
    });
  });
});

test('17. no code, no secret and no PIN stands in the database in the clear', async () => {
  const issued = await issueCode(server.drawbridge, person);
  const phone = newPhone();
  await phone.activate(issued.code, PIN, { name: 'Dumped' });
  await confirm(server.drawbridge, person, issued.id);
  const { db } = server.drawbridge.base.database;
  const dump = JSON.stringify([
    await db.selectFrom('activations').selectAll().execute(),
    await db.selectFrom('profiles').selectAll().execute(),
    await db.selectFrom('otp_credentials').selectAll().execute(),
    await db.selectFrom('secrets').selectAll().execute(),
    await db.selectFrom('audit_events').selectAll().execute(),
    await db.selectFrom('jobs').selectAll().execute(),
  ]);
  const secret = (await phone.input(PIN)).toString('hex');
  expect(dump).toContain('Dumped');
  expect(dump).not.toContain(issued.code);
  expect(dump).not.toContain(PIN);
  expect(dump).not.toContain(secret);
  const logged = server.log.join('\n');
  for (const text of [issued.code, PIN, secret]) expect(logged).not.toContain(text);
});
