import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { TestBrowser } from '../support/browser.js';
import { ManualClock } from '../support/manual-clock.js';
import {
  answerOf,
  CALLBACK,
  OidcClient,
  signIn,
  type AuthorizationRequest,
} from '../support/oidc-client.js';
import { addPerson, PASSWORD } from '../support/people.js';
import { oidcParty, startTestServer, type TestServer } from '../support/start-server.js';

let server: TestServer;
let payroll: OidcClient;
const clock = new ManualClock(Date.now());

beforeAll(async () => {
  server = await startTestServer({
    clock,
    relyingParties: [
      oidcParty('payroll', {
        post_logout_redirect_uris: ['http://127.0.0.1:7100/goodbye'],
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      }),
      oidcParty('other', {}),
      oidcParty('spa', {
        client_secret: undefined,
        redirect_uris: ['http://127.0.0.1:7100/callback'],
      }),
      oidcParty('planner', {}, { thirdParty: true, name: 'Tidewater Planner' }),
    ],
  });
  payroll = await OidcClient.discover(server.url, 'payroll');
});
afterAll(() => server.close());

/** Everybody gets a person of their own, so that codes and locks of one test do not touch another. */
let count = 0;
async function somebody() {
  count += 1;
  const username = `person${count}`;
  const { person, code } = await addPerson(server.drawbridge, username);
  return {
    username,
    person,
    code: () => {
      clock.advance(30_000);
      return code();
    },
  };
}

async function signedIn(
  parameters: Record<string, string> = {},
  from: OidcClient = payroll,
): Promise<{
  who: Awaited<ReturnType<typeof somebody>>;
  browser: TestBrowser;
  request: AuthorizationRequest;
  arrived: Awaited<ReturnType<typeof signIn>>;
}> {
  const who = await somebody();
  const browser = new TestBrowser();
  const request = await from.request(parameters);
  const arrived = await signIn(browser, request.url, who);
  return { who, browser, request, arrived };
}

async function token(body: Record<string, string>, as = 'payroll'): Promise<Response> {
  return fetch(`${server.url}/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${as}:secret-of-${as}-0123456789`).toString('base64')}`,
    },
    body: new URLSearchParams(body),
  });
}

const redemption = (request: AuthorizationRequest, code: string) => ({
  grant_type: 'authorization_code',
  code,
  redirect_uri: CALLBACK,
  code_verifier: request.verifier,
});

describe('authorization codes', () => {
  test('of fifty parallel redemptions one succeeds, and reuse ends what it gave', async () => {
    const { request, arrived } = await signedIn();
    const code = answerOf(arrived)['code'] ?? '';
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => token(redemption(request, code))),
    );
    const won = answers.filter((answer) => answer.status === 200);
    expect(won).toHaveLength(1);
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200, 400]));
    const { access_token: accessToken } = (await won[0]?.json()) as { access_token: string };
    const info = await fetch(`${server.url}/userinfo`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    expect(info.status).toBe(401);
  });

  test('a code in the hands of another client is refused and burned', async () => {
    const { request, arrived } = await signedIn();
    const code = answerOf(arrived)['code'] ?? '';
    expect((await token(redemption(request, code), 'other')).status).toBe(400);
    expect((await token(redemption(request, code))).status).toBe(400);
  });

  test.each([
    ['a wrong verifier', { code_verifier: 'x'.repeat(43) }],
    ['no verifier', { code_verifier: '' }],
    ['another redirect_uri', { redirect_uri: `${CALLBACK}/` }],
  ])('%s is refused', async (_name, change) => {
    const { request, arrived } = await signedIn();
    const body = { ...redemption(request, answerOf(arrived)['code'] ?? ''), ...change };
    const answer = await token(body);
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { error: string }).error).toBe('invalid_grant');
  });

  test('a code dies with the session, and with its person', async () => {
    const first = await signedIn();
    await server.drawbridge.parts.people.disable(first.who.person.id);
    const body = redemption(first.request, answerOf(first.arrived)['code'] ?? '');
    expect((await token(body)).status).toBe(400);
    const second = await signedIn();
    await server.drawbridge.parts.people.signOutEverywhere(second.who.person.id);
    const late = redemption(second.request, answerOf(second.arrived)['code'] ?? '');
    expect((await token(late)).status).toBe(400);
  });
});

describe('refresh tokens', () => {
  test('rotate, and reuse of an old one ends the family', async () => {
    const { request, arrived } = await signedIn({ scope: 'openid offline_access' });
    const first = await payroll.redeem(request, arrived);
    expect(first.refresh_token).toBeDefined();
    const second = await client.refreshTokenGrant(payroll.config, first.refresh_token ?? '');
    expect(second.refresh_token).not.toBe(first.refresh_token);
    await expect(
      client.refreshTokenGrant(payroll.config, first.refresh_token ?? ''),
    ).rejects.toThrow();
    await expect(
      client.refreshTokenGrant(payroll.config, second.refresh_token ?? ''),
    ).rejects.toThrow();
  });

  test('of parallel uses one wins at most', async () => {
    const { request, arrived } = await signedIn({ scope: 'openid offline_access' });
    const first = await payroll.redeem(request, arrived);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        token({ grant_type: 'refresh_token', refresh_token: first.refresh_token ?? '' }),
      ),
    );
    expect(answers.filter((answer) => answer.status === 200).length).toBeLessThanOrEqual(1);
  });

  test('survive a logout, end with the person and with sign-out everywhere', async () => {
    const one = await signedIn({ scope: 'openid offline_access' });
    const tokens = await payroll.redeem(one.request, one.arrived);
    const logout = client.buildEndSessionUrl(payroll.config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: 'http://127.0.0.1:7100/goodbye',
      state: 'abc',
    });
    const gone = await one.browser.open(logout.href);
    expect(gone.location).toBe('http://127.0.0.1:7100/goodbye?state=abc');
    const next = await client.refreshTokenGrant(payroll.config, tokens.refresh_token ?? '');
    await server.drawbridge.parts.people.signOutEverywhere(one.who.person.id);
    await expect(
      client.refreshTokenGrant(payroll.config, next.refresh_token ?? ''),
    ).rejects.toThrow();
  });

  test('a wider scope is refused', async () => {
    const { request, arrived } = await signedIn({ scope: 'openid offline_access' });
    const tokens = await payroll.redeem(request, arrived);
    const answer = await token({
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token ?? '',
      scope: 'openid email groups',
    });
    expect(((await answer.json()) as { error: string }).error).toBe('invalid_scope');
  });
});

describe('logout', () => {
  test('with the hint nobody is asked; the session, its code and its tokens are over', async () => {
    const { browser, request, arrived } = await signedIn();
    const tokens = await payroll.redeem(request, arrived);
    const gone = await browser.open(
      client.buildEndSessionUrl(payroll.config, { id_token_hint: tokens.id_token ?? '' }).href,
    );
    expect(gone.status).toBe(200);
    expect(gone.body).toContain('signed out');
    const again = await payroll.request({ prompt: 'none' });
    expect(answerOf(await browser.open(again.url))['error']).toBe('login_required');
    const info = await fetch(`${server.url}/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(info.status).toBe(401);
  });

  test('without the hint the person is asked, and saying no changes nothing', async () => {
    const { browser } = await signedIn();
    const asked = await browser.open(`${server.url}/logout`);
    expect(asked.body).toContain('name="logout"');
    await browser.submit(asked, { logout: 'no' });
    const still = await payroll.request({ prompt: 'none' });
    expect(answerOf(await browser.open(still.url))['code']).toBeDefined();
    const yes = await browser.submit(await browser.open(`${server.url}/logout`), { logout: 'yes' });
    expect(yes.status).toBe(200);
    const over = await payroll.request({ prompt: 'none' });
    expect(answerOf(await browser.open(over.url))['error']).toBe('login_required');
  });

  test('an address that is not registered is never followed', async () => {
    const { browser, request, arrived } = await signedIn();
    const tokens = await payroll.redeem(request, arrived);
    const answer = await browser.open(
      `${server.url}/logout?${new URLSearchParams({ id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: 'https://evil.example/' }).toString()}`,
    );
    expect(answer.status).toBe(400);
    expect(answer.location).toBeNull();
  });
});

test('client_credentials, introspection and revocation', async () => {
  const tokens = await client.clientCredentialsGrant(payroll.config);
  const live = await client.tokenIntrospection(payroll.config, tokens.access_token);
  expect(live).toMatchObject({ active: true, client_id: 'payroll' });
  const other = await OidcClient.discover(server.url, 'other');
  expect((await client.tokenIntrospection(other.config, tokens.access_token)).active).toBe(false);
  await client.tokenRevocation(payroll.config, tokens.access_token);
  expect((await client.tokenIntrospection(payroll.config, tokens.access_token)).active).toBe(false);
});

test('a public client redeems across origins', async () => {
  const spa = await OidcClient.discover(server.url, 'spa', { secret: null });
  const { request, arrived } = await signedIn({ scope: 'openid offline_access' }, spa);
  const answer = await fetch(`${server.url}/token`, {
    method: 'POST',
    headers: { origin: 'http://127.0.0.1:7100' },
    body: new URLSearchParams({
      ...redemption(request, answerOf(arrived)['code'] ?? ''),
      client_id: 'spa',
    }),
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('access-control-allow-origin')).toBe('http://127.0.0.1:7100');
  const foreign = await fetch(`${server.url}/token`, {
    method: 'POST',
    headers: { origin: 'https://evil.example' },
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: 'x',
      client_id: 'spa',
    }),
  });
  expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
});

describe('a third party', () => {
  test('is let in after consent, once', async () => {
    const planner = await OidcClient.discover(server.url, 'planner');
    const { browser, request, arrived, who } = await signedIn({}, planner);
    expect(arrived.body).toContain('Tidewater Planner');
    const allowed = await browser.submit(arrived, { consent: 'allow' });
    const tokens = await planner.redeem(request, allowed);
    expect(tokens.claims()?.['email']).toBe(`${who.username}@example.org`);
    const again = await planner.request();
    expect(answerOf(await browser.open(again.url))['code']).toBeDefined();
    const other = new TestBrowser();
    const later = await planner.request();
    expect(answerOf(await signIn(other, later.url, who))['code']).toBeDefined();
  });

  test('learns only that the person refused', async () => {
    const planner = await OidcClient.discover(server.url, 'planner');
    const { browser, arrived } = await signedIn({}, planner);
    expect(answerOf(await browser.submit(arrived, { consent: 'deny' }))['error']).toBe(
      'access_denied',
    );
  });
});

test('form_post is a page of ours with a button', async () => {
  const { arrived } = await signedIn({ response_mode: 'form_post' });
  expect(arrived.status).toBe(200);
  expect(arrived.body).toContain(`action="${CALLBACK}"`);
  expect(arrived.body).toContain('<button');
  expect(arrived.headers.get('content-security-policy')).not.toContain('unsafe-inline');
});

test('a request posted from another site is parked and continued by GET', async () => {
  const browser = new TestBrowser();
  const who = await somebody();
  const request = await payroll.request();
  const parameters = new URL(request.url).searchParams;
  const parked = await browser.request(`${server.url}/authorize`, {
    method: 'POST',
    body: parameters,
  });
  expect(parked.status).toBe(303);
  expect(parked.headers.getSetCookie()).toEqual([]);
  const page = await browser.follow(parked);
  const otp = await browser.submit(page, { username: who.username, password: PASSWORD });
  const arrived = await browser.submit(otp, { code: who.code() });
  expect((await payroll.redeem(request, arrived)).access_token).toBeDefined();
});
