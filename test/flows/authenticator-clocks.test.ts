import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Person } from '../../src/directory/person.js';
import { TestBrowser, type Visit } from '../support/browser.js';
import { ManualClock } from '../support/manual-clock.js';
import { addPerson } from '../support/people.js';
import { confirm, issueCode, numberOn, PIN, upToPhone } from '../support/phones.js';
import { ReferenceAuthenticator } from '../support/reference-authenticator/reference-authenticator.js';
import { startTestServer, type TestServer } from '../support/start-server.js';
import { toyParty, toyProtocol } from '../support/toy/toy-protocol.js';

const minute = 60_000;
const hour = 60 * minute;
const clock = new ManualClock(Date.now());
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    relyingParties: [toyParty],
    processes: 1,
    clock,
    choices: { protocols: [toyProtocol] },
  });
});
afterAll(() => server.close());

/** Clocks of devices are their own: they stand still when the server's is moved. */
interface Device {
  person: Person;
  phone: ReferenceAuthenticator;
  clock: ManualClock;
}
let people = 0;
async function device(off = 0): Promise<Device> {
  people += 1;
  const { person } = await addPerson(server.drawbridge, `clara${people}`, { otp: false });
  const own = new ManualClock(clock.now() + off);
  const phone = new ReferenceAuthenticator(server.url, () => own.now());
  const issued = await issueCode(server.drawbridge, person);
  phone.kept.offset = -off;
  expect((await phone.activate(issued.code, PIN)).status).toBe(200);
  await confirm(server.drawbridge, person, issued.id);
  return { person, phone, clock: own };
}

async function waiting({ person }: Device): Promise<{ browser: TestBrowser; page: Visit }> {
  const browser = new TestBrowser();
  return { browser, page: await upToPhone(browser, `${server.url}/toy`, person.username) };
}

/** What every client does with `clock` (section 5): learn, sign anew. @returns the status in the end */
async function patiently(phone: ReferenceAuthenticator): Promise<number> {
  for (let tries = 0; ; tries += 1) {
    const answer = await phone.inbox();
    if (answer.body['error'] !== 'clock' || tries === 4) return answer.status;
    // What was not accepted counts for nothing.
    phone.kept.lastIat = Number(answer.body['after'] ?? 0);
  }
}

async function approves({ phone }: Device, page: Visit): Promise<number> {
  const [challenge] = await phone.pending();
  return (await phone.approve(challenge!, { number: numberOn(page), pin: PIN })).status;
}

describe('the server’s clock, with a request on the way', () => {
  test('goes an hour forward: the request is over, nothing is approved, and the phone goes on', async () => {
    const one = await device();
    const { browser, page } = await waiting(one);
    const [challenge] = await one.phone.pending();
    clock.advance(hour);
    expect(await patiently(one.phone)).toBe(200);
    const late = await one.phone.approve(challenge!, { number: numberOn(page), pin: PIN });
    expect(late.status).toBe(404);
    expect((await browser.open(page.url)).body).not.toContain('"who"');
    const next = await waiting(one);
    expect(await approves(one, next.page)).toBe(200);
    expect((await next.browser.open(next.page.url)).body).toContain('"who"');
  });

  test('goes an hour back: phones that were in contact go on at once', async () => {
    const one = await device();
    const { browser, page } = await waiting(one);
    expect(await one.phone.pending()).toHaveLength(1);
    clock.advance(-hour);
    expect(await patiently(one.phone)).toBe(200);
    expect(await approves(one, page)).toBe(200);
    expect((await browser.open(page.url)).body).toContain('"who"');
  });

  test('goes an hour back: what was sent before is still no request, and a copy is still found out', async () => {
    const one = await device();
    const stale = one.phone.prepare('PATCH', '/profile', JSON.stringify({ name: 'stale' }));
    expect((await one.phone.rename('newer')).status).toBe(204);
    const copy = one.phone.copy(server.url);
    clock.advance(-hour);
    expect((await one.phone.replay(stale)).status).toBeGreaterThanOrEqual(401);
    expect(await patiently(one.phone)).toBe(200);
    expect((await one.phone.inbox()).body).toMatchObject({ profile: { name: 'newer' } });
    one.clock.advance(1_000);
    clock.advance(1_000);
    copy.kept.offset = one.phone.kept.offset;
    copy.kept.lastIat = 0;
    expect((await copy.inbox()).body).toEqual({ error: 'revoked' });
    expect((await one.phone.inbox()).status).toBe(410);
  });
});

describe('a device whose clock is', () => {
  test.each([
    ['seven minutes fast', 7 * minute],
    ['seven minutes slow', -7 * minute],
    ['a day fast', 24 * hour],
    ['a year slow', -365 * 24 * hour],
  ])('%s is activated, approves, and gives codes that are right', async (_, off) => {
    const one = await device(off);
    const { browser, page } = await waiting(one);
    expect(await approves(one, page)).toBe(200);
    expect((await browser.open(page.url)).body).toContain('"who"');
    const other = await waiting(one);
    const asked = await other.browser.submit(other.page, { method: 'otp' });
    const arrived = await other.browser.submit(asked, { code: await one.phone.code(PIN) });
    expect(arrived.body).toContain('"who"');
  });

  test('set right between two requests goes on', async () => {
    const one = await device(7 * minute);
    expect((await one.phone.inbox()).status).toBe(200);
    one.clock.advance(-7 * minute);
    expect(await patiently(one.phone)).toBe(200);
  });
});
