import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Person } from '../../src/directory/person.js';
import { TestBrowser, type Visit } from '../support/browser.js';
import { ManualClock } from '../support/manual-clock.js';
import { answerOf, OidcClient, signIn } from '../support/oidc-client.js';
import { addPerson, PASSWORD } from '../support/people.js';
import { oidcParty, startTestServer, type TestServer } from '../support/start-server.js';

const NEW = 'another sentence altogether 9';
const oneFactor = { factors: 1, maxAge: null, allowedFactors: null, groups: null } as const;

let server: TestServer;
let payroll: OidcClient;
let canteen: OidcClient;
const clock = new ManualClock(Date.now());

beforeAll(async () => {
  server = await startTestServer({
    clock,
    relyingParties: [oidcParty('payroll', {}), oidcParty('canteen', {}, { policy: oneFactor })],
  });
  payroll = await OidcClient.discover(server.url, 'payroll');
  canteen = await OidcClient.discover(server.url, 'canteen');
});
afterAll(() => server.close());

let count = 0;
let username: string;
let person: Person;
let code: () => string;

beforeEach(async () => {
  count += 1;
  username = `anna-${count}`;
  const added = await addPerson(server.drawbridge, username);
  person = added.person;
  // Every code is used once, so each sign-in types the code of a later half-minute.
  code = () => {
    clock.advance(30_000);
    return added.code();
  };
});

const demand = () => server.drawbridge.parts.people.demandPasswordChange(person.id);
const chosen = (password: string, repeated = password) => ({
  new_password: password,
  repeat_password: repeated,
});
const asksForNewPassword = (page: Visit) => page.body.includes('name="new_password"');

/** A service that asks quietly learns whether anything was issued that it could use. */
async function quietly(browser: TestBrowser): Promise<string | undefined> {
  const { url } = await canteen.request({ prompt: 'none' });
  return answerOf(await browser.request(url))['error'];
}

test('after password and code a new password has to be chosen before anything is issued', async () => {
  const browser = new TestBrowser();
  const before = await payroll.request();
  answerOf(await signIn(browser, before.url, { username, code }));
  expect(await quietly(browser)).toBeUndefined();
  await demand();
  expect(await quietly(browser)).toBe('login_required');

  const request = await payroll.request();
  const page = await signIn(browser, request.url, { username, code });
  expect(asksForNewPassword(page)).toBe(true);
  expect(await quietly(browser)).toBe('login_required');
  expect((await browser.open(`${server.url}/account`)).body).not.toContain(person.name);

  for (const [fields, reference] of [
    [chosen('short'), 'DB-501'],
    [chosen('12345678'), 'DB-503'],
    [chosen(NEW, `${NEW} `), 'DB-505'],
    [chosen(PASSWORD), 'DB-504'],
  ] as const) {
    const refused = await browser.submit(page, fields);
    expect(refused.status).toBe(400);
    expect(refused.body).toContain(reference);
    expect(asksForNewPassword(refused)).toBe(true);
    expect(await quietly(browser)).toBe('login_required');
  }

  const arrived = await browser.submit(page, chosen(NEW));
  const tokens = await payroll.redeem(request, arrived);
  expect(tokens.claims()).toMatchObject({ sub: expect.any(String), amr: ['pwd', 'otp', 'mfa'] });
  // The session is of the person as they are after the change.
  expect(await quietly(browser)).toBeUndefined();
  expect((await browser.open(`${server.url}/account`)).body).toContain(person.name);
});

test('the next sign-in is as ever, and the old password is worth nothing', async () => {
  await demand();
  const first = new TestBrowser();
  const form = await signIn(first, (await payroll.request()).url, { username, code });
  answerOf(await first.submit(form, chosen(NEW)));

  const next = new TestBrowser();
  const { url } = await payroll.request();
  const refused = await next.submit(await next.open(url), { username, password: PASSWORD });
  expect(refused.status).toBe(401);
  answerOf(await signIn(next, url, { username, code, password: NEW }));
});

test('a service that is content with a password does not spare the second factor', async () => {
  await demand();
  const browser = new TestBrowser();
  const { url } = await canteen.request();
  const asked = await browser.submit(await browser.open(url), { username, password: PASSWORD });
  expect(asked.body).toContain('name="code"');
  const page = await browser.submit(asked, { code: code() });
  expect(asksForNewPassword(page)).toBe(true);
  answerOf(await browser.submit(page, chosen(NEW)));
});

test('the form sent twice at once is one change, and the browser arrives', async () => {
  await demand();
  const browser = new TestBrowser();
  const request = await payroll.request();
  const page = await signIn(browser, request.url, { username, code });
  const answers = await Promise.all([1, 2, 3].map(() => browser.post(page, chosen(NEW))));
  expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
  const arrived = await Promise.all(answers.map((answer) => browser.follow(answer)));
  const codes = arrived.flatMap((visit) =>
    visit.location === null ? [] : (answerOf(visit)['code'] ?? []),
  );
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes.length).toBeGreaterThan(0);
  expect(await quietly(browser)).toBeUndefined();
  const changes = await server.drawbridge.base.database.db
    .selectFrom('audit_events')
    .select('reference')
    .where('person_id', '=', person.id)
    .where('kind', '=', 'password.changed')
    .execute();
  // One when the person was added, one now.
  expect(changes).toHaveLength(2);
});

test('a demand in the middle of a sign-in ends it; a sign-out everywhere ends the choice', async () => {
  const browser = new TestBrowser();
  const asked = await browser.submit(await browser.open((await payroll.request()).url), {
    username,
    password: PASSWORD,
  });
  await demand();
  expect((await browser.submit(asked, { code: code() })).body).toContain('DB-406');

  const other = new TestBrowser();
  const page = await signIn(other, (await payroll.request()).url, { username, code });
  await server.drawbridge.parts.people.signOutEverywhere(person.id);
  expect((await other.submit(page, chosen(NEW))).body).toContain('DB-406');
  expect(await quietly(other)).toBe('login_required');
});
