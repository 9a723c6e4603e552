import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { TestBrowser } from '../support/browser.js';
import { ManualClock } from '../support/manual-clock.js';
import { OidcClient, signIn } from '../support/oidc-client.js';
import { startPartner } from '../support/partner-server.js';
import { addPerson } from '../support/people.js';
import {
  oidcParty,
  startTestServer,
  testConfiguration,
  type TestServer,
} from '../support/start-server.js';

type Partner = Awaited<ReturnType<typeof startPartner>>;

let server: TestServer;
let partner: Partner;
const clock = new ManualClock(Date.now());
const received: { path: string; type: string; token: string }[] = [];
let answerWith: (path: string) => number = () => 200;
let count = 0;

beforeAll(async () => {
  partner = await startPartner((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      const path = request.url ?? '';
      const token = new URLSearchParams(body).get('logout_token') ?? '';
      received.push({ path, type: request.headers['content-type'] ?? '', token });
      const status = answerWith(path);
      response.writeHead(status, status === 302 ? { location: `${partner.url}/moved` } : {}).end();
    });
  });
  const at = (path: string) => ({ backchannel_logout_uri: `${partner.url}${path}` });
  server = await startTestServer({
    clock,
    configuration: (url) => ({
      oidc: { ...testConfiguration(url, 0, '/').oidc, privateHosts: ['127.0.0.1'] },
    }),
    relyingParties: [
      oidcParty('with-sid', { ...at('/with-sid'), backchannel_logout_session_required: true }),
      oidcParty('without-sid', { ...at('/without-sid'), id_token_signed_response_alg: 'RS256' }),
      oidcParty('plain', {}),
      oidcParty('private', {
        backchannel_logout_uri: `${partner.url.replace('127.0.0.1', 'localhost')}/private`,
      }),
    ],
  });
});
afterAll(async () => {
  await server.close();
  await partner.close();
});
beforeEach(() => {
  received.length = 0;
  answerWith = () => 200;
});

async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Somebody who has entered these services in one browser, with what the services got. */
async function entered(ids: string[], scope = 'openid') {
  count += 1;
  const username = `logout${count}`;
  const { person, code } = await addPerson(server.drawbridge, username);
  const browser = new TestBrowser();
  const tokens: Record<string, Awaited<ReturnType<OidcClient['redeem']>>> = {};
  for (const [index, id] of ids.entries()) {
    const party = await OidcClient.discover(server.url, id);
    const request = await party.request({ scope });
    const arrived =
      index === 0
        ? await signIn(browser, request.url, { username, code: () => code() })
        : await browser.open(request.url);
    tokens[id] = await party.redeem(request, arrived);
    clock.advance(30_000);
  }
  return { person, browser, tokens };
}

async function signOut(browser: TestBrowser, id: string, idToken: string): Promise<void> {
  const party = await OidcClient.discover(server.url, id);
  await browser.open(client.buildEndSessionUrl(party.config, { id_token_hint: idToken }).href);
}

const at = (path: string) => received.filter((call) => call.path === path);

test('one sign-out tells every service that wants to know, each in its own words', async () => {
  const { person, browser, tokens } = await entered(['plain', 'with-sid', 'without-sid']);
  await signOut(browser, 'plain', tokens['plain']?.id_token ?? '');
  await until(() => at('/with-sid').length > 0 && at('/without-sid').length > 0);
  const keys = createRemoteJWKSet(new URL(`${server.url}/jwks`));
  const [named] = at('/with-sid');
  expect(named?.type).toBe('application/x-www-form-urlencoded');
  const one = await jwtVerify(named?.token ?? '', keys, {
    issuer: server.url,
    audience: 'with-sid',
    typ: 'logout+jwt',
    algorithms: ['ES256'],
    currentDate: new Date(clock.now()),
  });
  expect(one.payload).toEqual({
    iss: server.url,
    aud: 'with-sid',
    sub: person.id,
    sid: tokens['with-sid']?.claims()?.['sid'],
    iat: expect.any(Number),
    exp: expect.any(Number),
    jti: expect.any(String),
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
  });
  expect((one.payload.exp ?? 0) - (one.payload.iat ?? 0)).toBeLessThanOrEqual(120);
  const other = await jwtVerify(at('/without-sid')[0]?.token ?? '', keys, {
    audience: 'without-sid',
    algorithms: ['RS256'],
    currentDate: new Date(clock.now()),
  });
  expect(other.payload['sid']).toBeUndefined();
  expect(tokens['without-sid']?.claims()?.['sid']).toBeUndefined();
  expect(other.payload.sub).toBe(person.id);
  expect(received).toHaveLength(2);
});

test.each(['disable', 'demandPasswordChange', 'signOutEverywhere'] as const)(
  'services are told when an administrator makes everything of a person void: %s',
  async (change) => {
    const { person } = await entered(['with-sid', 'plain']);
    const other = await entered(['with-sid']);
    await server.drawbridge.parts.people[change](person.id);
    clock.advance(6_000);
    await until(() => at('/with-sid').length > 0);
    expect(at('/with-sid').map(({ token }) => decodeJwt(token).sub)).toEqual([person.id]);
    expect(await server.drawbridge.parts.sessions.ofPerson(person.id)).toEqual([]);
    expect(await server.drawbridge.parts.sessions.ofPerson(other.person.id)).toHaveLength(1);
  },
);

test('discovery says so', async () => {
  const answer = await fetch(`${server.url}/.well-known/openid-configuration`);
  expect(await answer.json()).toMatchObject({
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
  });
});

test('a service that was given offline access is told as well, and keeps its refresh token', async () => {
  const { browser, tokens } = await entered(['with-sid'], 'openid offline_access');
  await signOut(browser, 'with-sid', tokens['with-sid']?.id_token ?? '');
  await until(() => at('/with-sid').length > 0);
  const party = await OidcClient.discover(server.url, 'with-sid');
  const refresh = tokens['with-sid']?.refresh_token ?? '';
  expect((await client.refreshTokenGrant(party.config, refresh)).access_token).toBeDefined();
});

test('a logout token is not taken for anything else', async () => {
  const { browser, tokens } = await entered(['with-sid']);
  await signOut(browser, 'with-sid', tokens['with-sid']?.id_token ?? '');
  await until(() => at('/with-sid').length > 0);
  const { token } = at('/with-sid')[0] ?? { token: '' };
  const info = await fetch(`${server.url}/userinfo`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(info.status).toBe(401);
});

describe('a service that does not answer well', () => {
  test.each([500, 400, 302])(
    '(%s) is told again with a fresh token, and never elsewhere',
    async (status) => {
      const { browser, tokens } = await entered(['with-sid']);
      answerWith = () => (at('/with-sid').length === 1 ? status : 200);
      await signOut(browser, 'with-sid', tokens['with-sid']?.id_token ?? '');
      await until(() => at('/with-sid').length === 1);
      const failures = () => server.log.filter((line) => line.includes('job.failed')).length;
      const before = failures();
      await until(() => failures() >= Math.max(before, 1));
      while (at('/with-sid').length === 1) {
        clock.advance(5_000);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const [first, second] = at('/with-sid').map(({ token }) => decodeJwt(token));
      expect(second?.jti).not.toBe(first?.jti);
      expect(second?.sid).toBe(first?.sid);
      expect(at('/moved')).toHaveLength(0);
    },
  );

  test('for good is given up in the end, with an alarm', async () => {
    const { browser, tokens } = await entered(['with-sid']);
    answerWith = () => 503;
    await signOut(browser, 'with-sid', tokens['with-sid']?.id_token ?? '');
    while (!server.log.some((line) => line.includes('job.given_up'))) {
      clock.advance(15 * 60_000);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(at('/with-sid')).toHaveLength(10);
    const alarm = await server.drawbridge.base.database.db
      .selectFrom('audit_events')
      .selectAll()
      .where('kind', 'like', 'alarm%')
      .execute();
    expect(JSON.stringify(alarm)).toContain('backchannel-logout');
  });

  test('on a private address that is not listed is never called', async () => {
    const { browser, tokens } = await entered(['private']);
    const before = server.log.filter((line) => line.includes('job.failed')).length;
    await signOut(browser, 'private', tokens['private']?.id_token ?? '');
    await until(() => server.log.filter((line) => line.includes('job.failed')).length > before);
    expect(received).toHaveLength(0);
  });
});
