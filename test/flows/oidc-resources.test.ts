import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { TestBrowser } from '../support/browser.js';
import { ManualClock } from '../support/manual-clock.js';
import { answerOf, OidcClient, signIn } from '../support/oidc-client.js';
import { addPerson } from '../support/people.js';
import {
  oidcParty,
  startTestServer,
  testConfiguration,
  type TestServer,
} from '../support/start-server.js';

const PAYROLL = 'https://api.example/payroll';
const ARCHIVE = 'urn:example:archive';
const OWN = 'https://api.example/own';

let server: TestServer;
let portal: OidcClient;
const clock = new ManualClock(Date.now());
let count = 0;

beforeAll(async () => {
  const grants = ['authorization_code', 'refresh_token', 'client_credentials'] as const;
  server = await startTestServer({
    clock,
    configuration: (url) => ({
      oidc: {
        ...testConfiguration(url, 0, '/').oidc,
        resources: [
          { identifier: PAYROLL, scopes: ['payslips.read', 'payslips.write'], format: 'jwt' },
          { identifier: ARCHIVE, scopes: ['files.read'], format: 'opaque' },
        ],
      },
    }),
    relyingParties: [
      oidcParty('portal', {
        grant_types: [...grants],
        id_token_signed_response_alg: 'RS256',
        resources: [{ identifier: OWN, scopes: ['own.read'], format: 'opaque' }],
      }),
      oidcParty('narrow', { grant_types: [...grants], scope: 'openid payslips.read' }),
      oidcParty('archive', { introspection_resources: [ARCHIVE] }),
      oidcParty('other', { grant_types: [...grants] }),
      oidcParty('planner', {}, { thirdParty: true }),
    ],
  });
  portal = await OidcClient.discover(server.url, 'portal');
});
afterAll(() => server.close());

async function arrive(party: OidcClient, more: Record<string, string>) {
  count += 1;
  const username = `resource${count}`;
  const { person, code } = await addPerson(server.drawbridge, username);
  const request = await party.request(more);
  const browser = new TestBrowser();
  clock.advance(30_000);
  const arrived = await signIn(browser, request.url, { username, code });
  return { person, browser, request, arrived };
}

const verified = (token: string, audience: string) =>
  jwtVerify(token, createRemoteJWKSet(new URL(`${server.url}/jwks`)), {
    issuer: server.url,
    audience,
    typ: 'at+jwt',
  });

async function introspected(as: string, token: string) {
  const party = await OidcClient.discover(server.url, as);
  return client.tokenIntrospection(party.config, token);
}

describe('a token for a resource that takes JWTs', () => {
  test('is signed, typed, for that resource alone and over in five minutes', async () => {
    const scope = 'openid email payslips.read files.read';
    const { person, request, arrived } = await arrive(portal, { scope, resource: PAYROLL });
    const tokens = await portal.redeem(request, arrived);
    const { payload, protectedHeader } = await verified(tokens.access_token, PAYROLL);
    expect(protectedHeader.alg).toBe('RS256');
    expect(payload).toMatchObject({
      sub: person.id,
      client_id: 'portal',
      scope: 'payslips.read',
      jti: expect.any(String),
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(300);
    expect(tokens.expires_in).toBeLessThanOrEqual(300);
    expect(tokens.claims()?.['email']).toBeDefined();
  });

  test('opens nothing of ours', async () => {
    const scope = 'openid payslips.read';
    const { request, arrived } = await arrive(portal, { scope, resource: PAYROLL });
    const { access_token: token } = await portal.redeem(request, arrived);
    const info = await fetch(`${server.url}/userinfo`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(info.status).toBe(401);
    await expect(introspected('portal', token)).rejects.toThrow();
  });

  test('can be had without a person, too', async () => {
    const tokens = await client.clientCredentialsGrant(portal.config, {
      resource: PAYROLL,
      scope: 'payslips.write files.read',
    });
    const { payload } = await verified(tokens.access_token, PAYROLL);
    expect(payload).toMatchObject({ sub: 'portal', client_id: 'portal', scope: 'payslips.write' });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(300);
  });
});

describe('a token for a resource that takes opaque ones', () => {
  test('is introspected by the service that is the resource, and ends with what gave it', async () => {
    const scope = 'openid files.read';
    const { person, request, arrived } = await arrive(portal, { scope, resource: ARCHIVE });
    const { access_token: token } = await portal.redeem(request, arrived);
    expect(await introspected('archive', token)).toMatchObject({
      active: true,
      aud: ARCHIVE,
      scope: 'files.read',
      sub: person.id,
      client_id: 'portal',
    });
    expect((await introspected('other', token)).active).toBe(false);
    await server.drawbridge.parts.people.signOutEverywhere(person.id);
    expect((await introspected('archive', token)).active).toBe(false);
  });

  test('is refused at userinfo', async () => {
    const { request, arrived } = await arrive(portal, { scope: 'openid', resource: OWN });
    const { access_token: token } = await portal.redeem(request, arrived);
    const info = await fetch(`${server.url}/userinfo`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(info.status).toBe(403);
  });
});

test('a refresh yields a token for one of the resources that were asked for', async () => {
  const scope = 'openid offline_access files.read payslips.read';
  const request = await portal.request({ scope });
  const resources = new URLSearchParams([
    ['resource', PAYROLL],
    ['resource', ARCHIVE],
  ]);
  request.url += `&${resources.toString()}`;
  const { code } = await addPerson(server.drawbridge, 'both');
  clock.advance(30_000);
  const arrived = await signIn(new TestBrowser(), request.url, { username: 'both', code });
  const tokens = await client.authorizationCodeGrant(
    portal.config,
    new URL(arrived.location ?? ''),
    {
      pkceCodeVerifier: request.verifier,
      expectedState: request.state,
      expectedNonce: request.nonce,
    },
    { resource: ARCHIVE },
  );
  const refresh = tokens.refresh_token ?? '';
  const next = await client.refreshTokenGrant(portal.config, refresh, { resource: PAYROLL });
  expect((await verified(next.access_token, PAYROLL)).payload['scope']).toBe('payslips.read');
  await expect(
    client.refreshTokenGrant(portal.config, next.refresh_token ?? '', { resource: OWN }),
  ).rejects.toThrow();
});

describe('what is refused', () => {
  test.each([
    ['an unknown resource', 'https://api.example/unknown'],
    ['a resource with a slash more', `${PAYROLL}/`],
    ['no absolute address', 'payroll'],
    ['a fragment', `${PAYROLL}#x`],
    ['markup', '"><script>alert(1)</script>'],
    ['a prototype', '__proto__'],
  ])('%s', async (_name, resource) => {
    const answer = await new TestBrowser().open((await portal.request({ resource })).url);
    expect(answerOf(answer)['error']).toBe('invalid_target');
  });

  test("another service's own resource", async () => {
    const other = await OidcClient.discover(server.url, 'other');
    const answer = await new TestBrowser().open((await other.request({ resource: OWN })).url);
    expect(answerOf(answer)['error']).toBe('invalid_target');
  });

  test('a scope outside the list of the client is left out', async () => {
    const narrow = await OidcClient.discover(server.url, 'narrow');
    const tokens = await client.clientCredentialsGrant(narrow.config, {
      resource: PAYROLL,
      scope: 'payslips.read payslips.write',
    });
    expect((await verified(tokens.access_token, PAYROLL)).payload['scope']).toBe('payslips.read');
  });

  test('another resource at the token endpoint than was asked for', async () => {
    const scope = 'openid files.read';
    const { request, arrived } = await arrive(portal, { scope, resource: ARCHIVE });
    await expect(
      client.authorizationCodeGrant(
        portal.config,
        new URL(arrived.location ?? ''),
        {
          pkceCodeVerifier: request.verifier,
          expectedState: request.state,
          expectedNonce: request.nonce,
        },
        { resource: PAYROLL },
      ),
    ).rejects.toThrow();
  });
});

test('a third party gets at a resource only what its person has seen and allowed', async () => {
  const planner = await OidcClient.discover(server.url, 'planner');
  const scope = 'openid payslips.read';
  const { browser, request, arrived } = await arrive(planner, { scope, resource: PAYROLL });
  expect(arrived.body).toContain('payslips.read');
  const allowed = await browser.submit(arrived, { consent: 'allow' });
  const tokens = await planner.redeem(request, allowed);
  expect((await verified(tokens.access_token, PAYROLL)).payload['scope']).toBe('payslips.read');
  const again = await planner.request({ scope, resource: PAYROLL });
  expect(answerOf(await browser.open(again.url))['code']).toBeDefined();
  const wider = await planner.request({ scope: `${scope} payslips.write`, resource: PAYROLL });
  expect((await browser.open(wider.url)).body).toContain('payslips.write');
});
