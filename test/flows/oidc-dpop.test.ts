import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as client from 'openid-client';
import { TestBrowser } from '../support/browser.js';
import { ManualClock } from '../support/manual-clock.js';
import { CALLBACK, OidcClient, answerOf, signIn } from '../support/oidc-client.js';
import { addPerson } from '../support/people.js';
import { oidcParty, startTestServer, type TestServer } from '../support/start-server.js';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

let server: TestServer;
let bound: OidcClient;
let spa: OidcClient;
let pair: Pair;
let other: Pair;
const clock = new ManualClock(Date.now());
let count = 0;

beforeAll(async () => {
  [pair, other] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]);
  server = await startTestServer({
    clock,
    relyingParties: [
      oidcParty('bound', {
        dpop_bound_access_tokens: true,
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      }),
      oidcParty('spa', { client_secret: undefined }),
    ],
  });
  bound = await OidcClient.discover(server.url, 'bound');
  spa = await OidcClient.discover(server.url, 'spa', { secret: null });
});
afterAll(() => server.close());

async function proof(
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  key: Pair = pair,
): Promise<string> {
  const whole = {
    htu: `${server.url}/token`,
    htm: 'POST',
    jti: randomUUID(),
    iat: Math.floor(Date.now() / 1000),
    ...claims,
  };
  const jwk = await exportJWK(key.publicKey);
  return new SignJWT(whole)
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header })
    .sign(key.privateKey);
}

async function token(dpop: string | null, body: Record<string, string> = {}) {
  const answer = await fetch(`${server.url}/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from('bound:secret-of-bound-0123456789').toString('base64')}`,
      ...(dpop === null ? {} : { dpop }),
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...body }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
}

async function arrive(party: OidcClient, more: Record<string, string> = {}) {
  count += 1;
  const username = `bound${count}`;
  const { code } = await addPerson(server.drawbridge, username);
  const request = await party.request(more);
  clock.advance(30_000);
  const arrived = await signIn(new TestBrowser(), request.url, { username, code });
  return { request, arrived };
}

async function userinfo(accessToken: string, dpop: string | null, scheme = 'DPoP') {
  const answer = await fetch(`${server.url}/userinfo`, {
    headers: { authorization: `${scheme} ${accessToken}`, ...(dpop === null ? {} : { dpop }) },
  });
  return answer.status;
}

const hashOf = (value: string) => createHash('sha256').update(value).digest('base64url');

function proofForUserinfo(accessToken: string, more: Record<string, unknown> = {}, key = pair) {
  const at = { htu: `${server.url}/userinfo`, htm: 'GET', ath: hashOf(accessToken) };
  return proof({ ...at, ...more }, {}, key);
}

test('a client library signs in, reads userinfo and refreshes with its key', async () => {
  const DPoP = client.getDPoPHandle(bound.config, await client.randomDPoPKeyPair('ES256'));
  const { request, arrived } = await arrive(bound, { scope: 'openid email offline_access' });
  const tokens = await client.authorizationCodeGrant(
    bound.config,
    new URL(arrived.location ?? ''),
    {
      pkceCodeVerifier: request.verifier,
      expectedState: request.state,
      expectedNonce: request.nonce,
    },
    undefined,
    { DPoP },
  );
  expect(tokens.token_type).toBe('dpop');
  const sub = tokens.claims()?.sub ?? '';
  const info = await client.fetchUserInfo(bound.config, tokens.access_token, sub, { DPoP });
  expect(info.email).toBeDefined();
  const next = await client.refreshTokenGrant(bound.config, tokens.refresh_token ?? '', undefined, {
    DPoP,
  });
  expect(next.token_type).toBe('dpop');
  const live = await client.tokenIntrospection(bound.config, next.access_token);
  expect(live).toMatchObject({ active: true, cnf: { jkt: expect.any(String) } });
});

test('discovery names the algorithms', async () => {
  expect(bound.config.serverMetadata().dpop_signing_alg_values_supported).toEqual([
    'ES256',
    'PS256',
    'RS256',
  ]);
});

describe('a proof', () => {
  test('is good for one use, also when it is shown many times at once', async () => {
    const one = await proof();
    const answers = await Promise.all(Array.from({ length: 20 }, () => token(one)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const refused = answers.filter(({ body }) => body['error'] === 'invalid_dpop_proof');
    expect(refused).toHaveLength(19);
  });

  test.each([
    ['for another address', { htu: 'https://elsewhere.example/token' }, {}],
    ['for another endpoint', { htu: 'http://localhost/userinfo' }, {}],
    ['for another method', { htm: 'GET' }, {}],
    ['without id', { jti: undefined }, {}],
    ['that is old', { iat: Math.floor(Date.now() / 1000) - 3_600 }, {}],
    ['from the future', { iat: Math.floor(Date.now() / 1000) + 3_600 }, {}],
    ['with a nonce that is not ours', { nonce: 'made-up' }, {}],
    ['of another type', {}, { typ: 'JWT' }],
    ['without a key', {}, { jwk: undefined }],
  ])('%s is refused', async (_name, claims, header) => {
    const { status, body } = await token(await proof(claims, header));
    expect([status, body['error']]).toEqual([400, 'invalid_dpop_proof']);
  });

  test('signed by another key than the one it names is refused', async () => {
    const jwk = await exportJWK(other.publicKey);
    expect((await token(await proof({}, { jwk }))).body['error']).toBe('invalid_dpop_proof');
  });

  test('that names a private key is refused', async () => {
    const leaky = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(leaky.privateKey);
    const one = await proof({}, { jwk }, leaky);
    expect((await token(one)).body['error']).toBe('invalid_dpop_proof');
  });

  test.each(['none', 'HS256'])('with alg %s is refused', async (alg) => {
    const [, payload, signature] = (await proof()).split('.');
    const jwk = await exportJWK(pair.publicKey);
    const header = Buffer.from(JSON.stringify({ alg, typ: 'dpop+jwt', jwk })).toString('base64url');
    const given = alg === 'none' ? '' : signature;
    const { body } = await token(`${header}.${payload}.${given}`);
    expect(body['error']).toBe('invalid_dpop_proof');
  });
});

test('a relying party that must bind its tokens gets none without a proof', async () => {
  expect((await token(null)).body['error']).toBe('invalid_grant');
});

describe('a bound token', () => {
  async function boundToken(): Promise<string> {
    const { request, arrived } = await arrive(bound);
    const { body } = await token(await proof(), {
      grant_type: 'authorization_code',
      code: answerOf(arrived)['code'] ?? '',
      redirect_uri: CALLBACK,
      code_verifier: request.verifier,
    });
    return body['access_token'] ?? '';
  }

  test('is refused as a bearer token, without proof and with the proof of another key', async () => {
    const accessToken = await boundToken();
    expect(await userinfo(accessToken, null, 'Bearer')).toBe(401);
    expect(await userinfo(accessToken, null)).toBe(400);
    const foreign = await proofForUserinfo(accessToken, {}, other);
    expect(await userinfo(accessToken, foreign)).toBe(401);
    expect(await userinfo(accessToken, await proofForUserinfo(accessToken))).toBe(200);
  });

  test('is refused with a proof for another token, and with a proof shown before', async () => {
    const accessToken = await boundToken();
    const foreign = await proofForUserinfo(accessToken, { ath: hashOf('another') });
    expect(await userinfo(accessToken, foreign)).toBe(401);
    const one = await proofForUserinfo(accessToken);
    expect(await userinfo(accessToken, one)).toBe(200);
    expect(await userinfo(accessToken, one)).toBe(401);
  });
});

test('a code bound to a key at the start is given to no other key', async () => {
  const jkt = 'A'.repeat(43);
  const { request, arrived } = await arrive(bound, { dpop_jkt: jkt });
  const { status } = await token(await proof(), {
    grant_type: 'authorization_code',
    code: answerOf(arrived)['code'] ?? '',
    redirect_uri: CALLBACK,
    code_verifier: request.verifier,
  });
  expect(status).toBe(400);
});

test('the refresh token of a public client works only with its key', async () => {
  const DPoP = client.getDPoPHandle(spa.config, await client.randomDPoPKeyPair('ES256'));
  const { request, arrived } = await arrive(spa, { scope: 'openid offline_access' });
  const tokens = await client.authorizationCodeGrant(
    spa.config,
    new URL(arrived.location ?? ''),
    {
      pkceCodeVerifier: request.verifier,
      expectedState: request.state,
      expectedNonce: request.nonce,
    },
    undefined,
    { DPoP },
  );
  const refresh = tokens.refresh_token ?? '';
  await expect(client.refreshTokenGrant(spa.config, refresh)).rejects.toThrow();
  const foreign = client.getDPoPHandle(spa.config, await client.randomDPoPKeyPair('ES256'));
  await expect(
    client.refreshTokenGrant(spa.config, refresh, undefined, { DPoP: foreign }),
  ).rejects.toThrow();
  const next = await client.refreshTokenGrant(spa.config, refresh, undefined, { DPoP });
  expect(next.token_type).toBe('dpop');
});
