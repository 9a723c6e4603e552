import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type JWK } from 'jose';
import * as client from 'openid-client';
import { TestBrowser } from '../support/browser.js';
import { OidcClient, signIn } from '../support/oidc-client.js';
import { startPartner } from '../support/partner-server.js';
import { addPerson } from '../support/people.js';
import {
  oidcParty,
  startTestServer,
  testConfiguration,
  type TestServer,
} from '../support/start-server.js';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
type Partner = Awaited<ReturnType<typeof startPartner>>;

let server: TestServer;
let pair: Pair;
let other: Pair;
let keys: Partner;
let redirecting: Partner;
let huge: Partner;
let silent: Partner;
let published: JWK[] = [];

beforeAll(async () => {
  [pair, other] = await Promise.all([
    generateKeyPair('ES256', { extractable: true }),
    generateKeyPair('ES256', { extractable: true }),
  ]);
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
  published = [jwk];
  keys = await startPartner((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ keys: published }));
  });
  redirecting = await startPartner((_request, response) => {
    response.writeHead(302, { location: `${keys.url}/jwks` }).end();
  });
  huge = await startPartner((_request, response) => {
    response.end(JSON.stringify({ keys: [jwk], padding: 'x'.repeat(10_000_000) }));
  });
  silent = await startPartner(() => {});
  const grants = { grant_types: ['authorization_code', 'client_credentials'] as const };
  const party = (id: string, more: object) =>
    oidcParty(id, { client_secret: undefined, grant_types: [...grants.grant_types], ...more });
  server = await startTestServer({
    configuration: (url) => ({
      oidc: { ...testConfiguration(url, 0, '/').oidc, privateHosts: ['127.0.0.1'] },
    }),
    relyingParties: [
      party('inline', { jwks: { keys: [jwk as { kty: 'EC' }] } }),
      party('fetched', { jwks_uri: `${keys.url}/jwks` }),
      party('pinned', {
        jwks: { keys: [jwk as { kty: 'EC' }] },
        token_endpoint_auth_signing_alg: 'RS256',
      }),
      party('redirecting', { jwks_uri: `${redirecting.url}/jwks` }),
      party('huge', { jwks_uri: `${huge.url}/jwks` }),
      party('silent', { jwks_uri: `${silent.url}/jwks` }),
      // Another name of the same address, which the configuration does not list.
      party('private', { jwks_uri: `${keys.url.replace('127.0.0.1', 'localhost')}/jwks` }),
      party('metadata', { jwks_uri: 'https://169.254.169.254/jwks' }),
    ],
  });
});
afterAll(async () => {
  await server.close();
  await Promise.all([keys, redirecting, huge, silent].map((partner) => partner.close()));
});

const seconds = () => Math.floor(Date.now() / 1000);

function assertion(
  id: string,
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  key: Pair = pair,
): Promise<string> {
  const whole = {
    iss: id,
    sub: id,
    aud: server.url,
    iat: seconds(),
    exp: seconds() + 60,
    jti: randomUUID(),
    ...claims,
  };
  return new SignJWT(whole).setProtectedHeader({ alg: 'ES256', ...header }).sign(key.privateKey);
}

async function token(jwt: string, more: Record<string, string> = {}) {
  const answer = await fetch(`${server.url}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: jwt,
      ...more,
    }),
  });
  const { error } = (await answer.json()) as { error?: string };
  return { status: answer.status, error };
}

const refused = { status: 401, error: 'invalid_client' };

test.each(['inline', 'fetched'])('a client with %s keys signs people in', async (id) => {
  const config = await client.discovery(
    new URL(server.url),
    id,
    undefined,
    client.PrivateKeyJwt({ key: pair.privateKey, kid: 'one' }),
    { execute: [client.allowInsecureRequests] },
  );
  const party = new OidcClient(config);
  const { code } = await addPerson(server.drawbridge, `of-${id}`);
  const request = await party.request();
  const arrived = await signIn(new TestBrowser(), request.url, { username: `of-${id}`, code });
  expect((await party.redeem(request, arrived)).claims()?.sub).toBeDefined();
});

test('discovery names the method and its algorithms', async () => {
  const answer = await fetch(`${server.url}/.well-known/openid-configuration`);
  expect(await answer.json()).toMatchObject({
    token_endpoint_auth_methods_supported: expect.arrayContaining(['private_key_jwt']),
    token_endpoint_auth_signing_alg_values_supported: ['ES256', 'PS256', 'RS256'],
  });
});

describe('an assertion', () => {
  test('is good for one use, also when it is shown many times at once', async () => {
    const jwt = await assertion('inline');
    const answers = await Promise.all(Array.from({ length: 20 }, () => token(jwt)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(19);
  });

  test.each([
    ['for another audience', { aud: 'https://elsewhere.example' }],
    ['without audience', { aud: undefined }],
    ['that is good for a year', { exp: seconds() + 31_536_000 }],
    ['that has expired', { exp: seconds() - 120, iat: seconds() - 300 }],
    ['without expiry', { exp: undefined }],
    ['without id', { jti: undefined }],
    ['of another issuer', { iss: 'fetched' }],
    ['from the future', { iat: seconds() + 3_600 }],
  ])('%s is refused', async (_name, claims) => {
    expect(await token(await assertion('inline', claims))).toEqual(refused);
  });

  test.each([
    ['kid of a file', { kid: '../../etc/passwd' }],
    ['kid of SQL', { kid: "x' OR '1'='1" }],
    ['jku', { kid: 'one', jku: 'http://169.254.169.254/keys' }],
  ])('with a %s in its header is refused', async (_name, header) => {
    expect(await token(await assertion('inline', {}, header))).toEqual(refused);
  });

  test('signed by the key in its own header is refused, and so is a header that repeats a known key', async () => {
    const foreign = { jwk: await exportJWK(other.publicKey) };
    expect(await token(await assertion('inline', {}, foreign, other))).toEqual(refused);
    const own = { jwk: await exportJWK(pair.publicKey) };
    expect(await token(await assertion('inline', {}, own))).toEqual(refused);
  });

  test('signed by another key is refused', async () => {
    expect(await token(await assertion('inline', {}, {}, other))).toEqual(refused);
  });

  test.each(['none', 'None', 'nOnE'])('with alg %s is refused', async (alg) => {
    const [, payload] = (await assertion('inline')).split('.');
    const header = Buffer.from(JSON.stringify({ alg })).toString('base64url');
    expect(await token(`${header}.${payload}.`)).toEqual(refused);
  });

  test.each(['pem', 'jwk'])('with HS256 keyed by the public key (%s) is refused', async (form) => {
    const [, payload] = (await assertion('inline')).split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'HS256', kid: 'one' })).toString('base64url');
    const secret =
      form === 'pem' ? await exportSPKI(pair.publicKey) : JSON.stringify(published[0] ?? {});
    const mac = createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url');
    expect(await token(`${header}.${payload}.${mac}`)).toEqual(refused);
  });

  test('with r and s of zero is refused', async () => {
    const [header, payload] = (await assertion('inline')).split('.');
    const zeros = Buffer.alloc(64).toString('base64url');
    expect(await token(`${header}.${payload}.${zeros}`)).toEqual(refused);
  });

  test('with another algorithm than the one pinned is refused', async () => {
    expect(await token(await assertion('pinned'))).toEqual(refused);
  });

  test('beside a secret, or under another client_id, is refused', async () => {
    const both = await token(await assertion('inline'), { client_secret: 'x' });
    expect(both.error).toBe('invalid_request');
    const mixed = await token(await assertion('inline'), { client_id: 'fetched' });
    expect(mixed.status).toBe(400);
  });

  test('does not open a client that has a secret or nothing', async () => {
    const answer = await fetch(`${server.url}/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'inline' }),
    });
    expect(answer.status).toBe(401);
  });
});

describe('fetching keys', () => {
  test.each(['redirecting', 'huge', 'silent', 'private', 'metadata'])(
    'from a %s address is refused',
    async (id) => {
      const before = keys.calls();
      const { status, error } = await token(await assertion(id));
      expect(error).toMatch(/invalid_client/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(keys.calls()).toBe(before);
    },
  );
});
