import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fetchUserInfo, refreshTokenGrant } from 'openid-client';
import type { Person } from '../../src/directory/person.js';
import { ACR_MULTI } from '../../src/sessions/strength.js';
import { TestBrowser } from '../support/browser.js';
import { answerOf, OidcClient } from '../support/oidc-client.js';
import { addPerson, PASSWORD } from '../support/people.js';
import { approveFor, revokePhone } from '../support/phone-sessions.js';
import { addPhone, confirm, issueCode, numberOn, PIN, upToPhone } from '../support/phones.js';
import { ReferenceAuthenticator } from '../support/reference-authenticator/reference-authenticator.js';
import { SamlClient, statusOf } from '../support/saml/saml-client.js';
import { samlParty } from '../support/saml/saml-party.js';
import { until } from '../support/services/until.js';
import {
  oidcParty,
  startTestServer,
  testConfiguration,
  type TestServer,
} from '../support/start-server.js';
import { WsFedClient } from '../support/wsfed/wsfed-client.js';
import { wsFedParty } from '../support/wsfed/wsfed-party.js';

let server: TestServer;
let payroll: OidcClient;
let notes: OidcClient;
let minutes: SamlClient;
const oneFactorIsEnough = { factors: 1, maxAge: null, allowedFactors: null, groups: null } as const;
const library = () => new WsFedClient('library', server.url);

beforeAll(async () => {
  server = await startTestServer({
    relyingParties: [
      oidcParty('payroll', {}),
      samlParty('minutes', { name_id: 'email' }),
      wsFedParty('library'),
      oidcParty('notes', {}, { policy: oneFactorIsEnough }),
    ],
  });
  payroll = await OidcClient.discover(server.url, 'payroll');
  notes = await OidcClient.discover(server.url, 'notes');
  minutes = await SamlClient.discover('minutes', server.url);
});
afterAll(() => server.close());

let people = 0;
function somebody(at = server): Promise<{ person: Person; code: (at?: number) => string }> {
  people += 1;
  return addPerson(at.drawbridge, `robin${people}`);
}

const scope = 'openid offline_access';

async function enterPayroll(
  browser: TestBrowser,
  person: Person,
  phone: Awaited<ReturnType<typeof addPhone>>,
) {
  const request = await payroll.request({ scope });
  return payroll.redeem(request, await approveFor(browser, request.url, person, phone));
}

async function entersQuietly(browser: TestBrowser, client = payroll): Promise<boolean> {
  const { url } = await client.request({ prompt: 'none' });
  const answer = answerOf(await browser.open(url));
  if (answer['error'] !== undefined) expect(answer['error']).toBe('login_required');
  return answer['code'] !== undefined;
}

describe('sessions that were opened with a phone', () => {
  test('end with it: nobody is signed in, and no token of theirs is good any more', async () => {
    const { person } = await somebody();
    const phone = await addPhone(server, person);
    const browser = new TestBrowser();
    const tokens = await enterPayroll(browser, person, phone);
    expect(await entersQuietly(browser)).toBe(true);
    await revokePhone(server, phone);
    expect(await entersQuietly(browser)).toBe(false);
    expect((await browser.open(`${server.url}/account`)).body).toContain('name="password"');
    await expect(refreshTokenGrant(payroll.config, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await expect(
      fetchUserInfo(payroll.config, tokens.access_token, person.id),
    ).rejects.toBeDefined();
  });

  test('end for SAML and WS-Federation too', async () => {
    const { person } = await somebody();
    const phone = await addPhone(server, person);
    const browser = new TestBrowser();
    await approveFor(browser, await minutes.requestUrl(), person, phone);
    expect(
      (await minutes.receive(await browser.open(await minutes.requestUrl()))).profile,
    ).toBeDefined();
    await library().receive(await browser.open(library().requestUrl()));
    await revokePhone(server, phone);
    const passive = await minutes.requestUrlWith((xml) =>
      xml.replace('<samlp:AuthnRequest ', '<samlp:AuthnRequest IsPassive="true" '),
    );
    expect(statusOf(await browser.open(passive))).toEqual(['Responder', 'NoPassive']);
    expect((await browser.open(library().requestUrl())).body).toContain('name="password"');
  });

  test('end when it was the code of the phone that opened them', async () => {
    const { person } = await addPerson(server.drawbridge, 'offline', { otp: false });
    const phone = await addPhone(server, person);
    const browser = new TestBrowser();
    const page = await upToPhone(browser, (await payroll.request()).url, person.username);
    const codes = await browser.submit(page, { method: 'otp' });
    await browser.submit(codes, { code: await phone.code(PIN) });
    expect(await entersQuietly(browser)).toBe(true);
    await revokePhone(server, phone);
    expect(await entersQuietly(browser)).toBe(false);
  });

  test('stay ended when the short-lived store has forgotten that they did', async () => {
    const { person } = await somebody();
    const phone = await addPhone(server, person);
    const browser = new TestBrowser();
    await enterPayroll(browser, person, phone);
    const { store } = server.drawbridge.base;
    const [session] = await server.drawbridge.parts.sessions.ofPerson(person.id);
    const key = `session:${session!.id}`;
    const [before] = await store.read([key]);
    await revokePhone(server, phone);
    await until(async () => ((await store.read([key]))[0] ?? null) === null);
    await store.commit([{ kind: 'set', key, value: before!, ttlMs: 600_000 }]);
    expect(await entersQuietly(browser)).toBe(false);
  });
});

describe('what a phone opened ends with it also', () => {
  const refused = { error: 'invalid_grant' };

  test('where a step-up by phone went on with what was granted to the password before', async () => {
    const { person } = await somebody();
    const phone = await addPhone(server, person);
    const browser = new TestBrowser();
    const first = await notes.request({ scope });
    const asked = await browser.open(first.url);
    const typed = await browser.submit(asked, { username: person.username, password: PASSWORD });
    await notes.redeem(first, typed);
    const second = await notes.request({ scope, acr_values: ACR_MULTI });
    const page = await browser.open(second.url);
    const [challenge] = await phone.pending();
    await phone.approve(challenge!, { number: numberOn(page), pin: PIN });
    const raised = await notes.redeem(second, await browser.open(page.url));
    expect(raised.claims()?.['amr']).toContain('mfa');
    await revokePhone(server, phone);
    await expect(refreshTokenGrant(notes.config, raised.refresh_token!)).rejects.toMatchObject(
      refused,
    );
    await expect(fetchUserInfo(notes.config, raised.access_token, person.id)).rejects.toBeDefined();
  });

  test('when the phone gives up its codes before it is revoked', async () => {
    const { person } = await addPerson(server.drawbridge, 'giver', { otp: false });
    const phone = await addPhone(server, person);
    const browser = new TestBrowser();
    const request = await payroll.request({ scope });
    const page = await upToPhone(browser, request.url, person.username);
    const codes = await browser.submit(page, { method: 'otp' });
    const entered = await browser.submit(codes, { code: await phone.code(PIN) });
    const tokens = await payroll.redeem(request, entered);
    await phone.dropCodes();
    await revokePhone(server, phone);
    expect(await entersQuietly(browser)).toBe(false);
    await expect(refreshTokenGrant(payroll.config, tokens.refresh_token!)).rejects.toMatchObject(
      refused,
    );
  });

  test('when its owner had activated it anew in between', async () => {
    const { person } = await somebody();
    const phone = await addPhone(server, person);
    const browser = new TestBrowser();
    await enterPayroll(browser, person, phone);
    await server.drawbridge.base.database.db
      .updateTable('profiles')
      .set({ locked_at: server.drawbridge.base.clock.now() })
      .where('id', '=', phone.kept.profile)
      .execute();
    const issued = await issueCode(server.drawbridge, person);
    expect((await phone.activate(issued.code, PIN, {})).status).toBe(200);
    await confirm(server.drawbridge, person, issued.id);
    expect(await entersQuietly(browser)).toBe(true);
    await revokePhone(server, phone);
    expect(await entersQuietly(browser)).toBe(false);
  });

  test('when another phone has proved the same in that session since', async () => {
    const { person } = await somebody();
    const [lost, other] = [await addPhone(server, person), await addPhone(server, person)];
    const browser = new TestBrowser();
    await enterPayroll(browser, person, lost);
    const again = await payroll.request({ prompt: 'login' });
    await approveFor(browser, again.url, person, other);
    const [session] = await server.drawbridge.parts.sessions.ofPerson(person.id);
    expect(session?.events.map(({ credential }) => credential)).toContain(other.kept.profile);
    await revokePhone(server, lost);
    expect(await entersQuietly(browser)).toBe(false);
  });

  test('but not what another profile on the same phone opens that is still in force', async () => {
    const { person } = await somebody();
    const phone = await addPhone(server, person);
    const first = phone.kept.profile;
    const issued = await issueCode(server.drawbridge, person);
    expect((await phone.activate(issued.code, PIN, {})).status).toBe(200);
    await confirm(server.drawbridge, person, issued.id);
    const browser = new TestBrowser();
    await enterPayroll(browser, person, phone);
    await server.drawbridge.base.database.transaction((tx) =>
      server.drawbridge.parts.phones.revocation.revokeProfile(tx, first as never, {
        because: 'person',
      }),
    );
    expect(await entersQuietly(browser)).toBe(true);
  });
});

test('a proof that is under way when its phone is revoked earns no assertion', async () => {
  const { person } = await somebody();
  const phone = await addPhone(server, person);
  const browser = new TestBrowser();
  const page = await upToPhone(browser, await minutes.requestUrl(), person.username);
  const [challenge] = await phone.pending();
  await phone.approve(challenge!, { number: numberOn(page), pin: PIN });
  const moved = await browser.request(page.url);
  const left = await browser.request(moved.location!);
  expect(left.location).toContain('/saml/arrive/');
  await revokePhone(server, phone);
  expect(statusOf(await browser.follow(left))).toEqual(['Responder', 'AuthnFailed']);
});

test('the services that were entered are told, and the audit log says so', async () => {
  const { person } = await somebody();
  const phone = await addPhone(server, person);
  await enterPayroll(new TestBrowser(), person, phone);
  await revokePhone(server, phone);
  const { db } = server.drawbridge.base.database;
  const rows = db.selectFrom('audit_events').select('kind').where('person_id', '=', person.id);
  await until(async () => (await rows.where('kind', '=', 'session.ended').execute()).length === 1);
  expect(await server.drawbridge.parts.sessions.ofPerson(person.id)).toEqual([]);
});

describe('what goes on', () => {
  test('a session of another factor, and one of another phone', async () => {
    const { person, code } = await somebody();
    const [old, recent] = [await addPhone(server, person), await addPhone(server, person)];
    const [desk, laptop] = [new TestBrowser(), new TestBrowser()];
    const page = await upToPhone(desk, (await payroll.request()).url, person.username);
    const codes = await desk.submit(page, { method: 'otp' });
    await desk.submit(codes, { code: code() });
    await approveFor(laptop, (await payroll.request()).url, person, recent);
    await revokePhone(server, old);
    expect(await entersQuietly(desk)).toBe(true);
    expect(await entersQuietly(laptop)).toBe(true);
  });

  test('what was open when its owner activated a locked phone anew', async () => {
    const { person } = await somebody();
    const phone = await addPhone(server, person);
    const browser = new TestBrowser();
    await enterPayroll(browser, person, phone);
    await revokePhone(server, phone, 'replaced');
    expect(await entersQuietly(browser)).toBe(true);
  });

  test('a session that had both, when its person removes the phone from there', async () => {
    const { person, code } = await somebody();
    const phone = await addPhone(server, person);
    const browser = new TestBrowser();
    await approveFor(browser, (await payroll.request()).url, person, phone);
    const asked = await upToPhone(
      browser,
      (await payroll.request({ prompt: 'login' })).url,
      person.username,
    );
    const codes = await browser.submit(asked, { method: 'otp' });
    await browser.submit(codes, { code: code() });
    const home = await browser.open(`${server.url}/account`);
    const removed = await browser.submit(
      home,
      { phone: phone.kept.profile },
      '/account/phones/remove',
    );
    expect([removed.status, removed.url]).toEqual([
      200,
      `${server.url}/account?done=phone_removed`,
    ]);
    expect(await entersQuietly(browser)).toBe(true);
    expect((await phone.inbox()).status).toBe(410);
    const [session] = await server.drawbridge.parts.sessions.ofPerson(person.id);
    expect(session?.events.map(({ factor }) => factor)).toEqual(['password', 'otp']);
  });
});

test('whoever removes the phone they came with is asked to sign in again', async () => {
  const { person } = await somebody();
  const phone = await addPhone(server, person);
  const browser = new TestBrowser();
  const home = await approveFor(browser, `${server.url}/account`, person, phone);
  const asked = await browser.submit(home, { phone: phone.kept.profile }, '/account/phones/remove');
  expect(asked.body).toContain('name="password"');
  expect((await phone.inbox()).status).toBe(410);
});

describe('by configuration', () => {
  async function serverThatEnds(revocationEnds: 'all-sessions' | 'nothing'): Promise<TestServer> {
    const { authenticator } = testConfiguration(server.url, 0, server.folder);
    return startTestServer({
      relyingParties: [oidcParty('payroll', {})],
      configuration: { authenticator: { ...authenticator, revocationEnds } },
    });
  }

  test('everything ends that the person has open, and what is issued then counts', async () => {
    const all = await serverThatEnds('all-sessions');
    try {
      const { person, code } = await somebody(all);
      const phone = await addPhone(all, person);
      const client = await OidcClient.discover(all.url, 'payroll');
      const browser = new TestBrowser();
      const page = await upToPhone(browser, (await client.request()).url, person.username);
      const codes = await browser.submit(page, { method: 'otp' });
      await browser.submit(codes, { code: code() });
      expect(await entersQuietly(browser, client)).toBe(true);
      await revokePhone(all, phone);
      expect(await entersQuietly(browser, client)).toBe(false);
      const issued = await issueCode(all.drawbridge, person, 'administrator');
      const { secondSecret } = issued;
      const next = new ReferenceAuthenticator(all.url);
      const done = await next.activate(issued.code, PIN, { secondSecret: secondSecret ?? '' });
      expect(done.status).toBe(200);
    } finally {
      await all.close();
    }
  });

  test('nothing ends besides the phone', async () => {
    const none = await serverThatEnds('nothing');
    try {
      const { person } = await somebody(none);
      const phone = await addPhone(none, person);
      const client = await OidcClient.discover(none.url, 'payroll');
      const browser = new TestBrowser();
      await approveFor(browser, (await client.request()).url, person, phone);
      await revokePhone(none, phone);
      expect(await entersQuietly(browser, client)).toBe(true);
    } finally {
      await none.close();
    }
  });
});
