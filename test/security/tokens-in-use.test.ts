import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SignJWT, UnsecuredJWT, base64url, generateKeyPair, type JWK } from 'jose';
import { setScene, type Scene } from './support/scene.js';
import { changingNothing, expectNoTraces } from './support/ledger.js';

let scene: Scene;
let accessToken: string;
let idToken: string;

beforeAll(async () => {
  scene = await setScene();
  const { request, arrived } = await scene.signedIn();
  const tokens = await scene.payroll.redeem(request, arrived);
  accessToken = tokens.access_token;
  idToken = tokens.id_token ?? '';
});
afterAll(() => scene.close());

const userinfo = (token: string) =>
  fetch(`${scene.url}/userinfo`, { headers: { authorization: `Bearer ${token}` } });

async function jwks(): Promise<JWK[]> {
  const answer = await fetch(`${scene.url}/jwks`);
  return ((await answer.json()) as { keys: JWK[] }).keys;
}

describe('/userinfo', () => {
  test('B42: an id_token is no access token => 401', async () => {
    const answer = await changingNothing(scene, () => userinfo(idToken));
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('invalid_token');
    expectNoTraces(await answer.text());
  });

  test('B43: a token in the query => 400 or 401, and it appears nowhere', async () => {
    const lines = scene.server.log.length;
    const url = `${scene.url}/userinfo?access_token=${accessToken}`;
    for (const init of [{}, { headers: { authorization: `Bearer ${accessToken}` } }]) {
      const answer = await fetch(url, init);
      expect([400, 401]).toContain(answer.status);
      expect(await answer.text()).not.toContain(accessToken);
    }
    expect(scene.server.log.slice(lines).join()).not.toContain(accessToken);
  });

  test('B44, B47, O10: tokens of another issuer under our kid, of no or the wrong algorithm => 401', async () => {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: scene.url,
      aud: 'payroll',
      sub: 'per_x',
      iat: now,
      exp: now + 60,
      scope: 'openid',
      client_id: 'payroll',
    };
    const keys = await jwks();
    const ec = keys.find(({ kty }) => kty === 'EC');
    const rsa = keys.find(({ kty }) => kty === 'RSA');
    const { privateKey } = await generateKeyPair('ES256');
    const kid = ec?.kid ?? '';
    const header = { alg: 'ES256', typ: 'at+jwt', kid };
    const foreign = await new SignJWT(claims).setProtectedHeader(header).sign(privateKey);
    const pem = createPublicKey({ key: rsa as never, format: 'jwk' }).export({
      format: 'pem',
      type: 'spki',
    });
    const confused = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: rsa?.kid ?? '' })
      .sign(new TextEncoder().encode(String(pem)));
    const [head = '', body = ''] = foreign.split('.');
    const own = idToken.split('.');
    for (const token of [
      foreign,
      confused,
      new UnsecuredJWT(claims).encode(),
      `${head}.${body}.${base64url.encode(new Uint8Array(64))}`,
      `${head}.${body}.`,
      `${own[0]}.${own[1]}.${own[2]}=`,
      `${own[0]}.${own[1]}`,
      `${accessToken}=`,
      accessToken.slice(0, -1),
      accessToken.toLowerCase(),
      'x'.repeat(10_000),
      '..',
    ]) {
      expect((await changingNothing(scene, () => userinfo(token))).status).toBe(401);
    }
    for (const authorization of [
      'Bearer',
      'Bearer ',
      `bearer  ${accessToken}`,
      'Basic eDp5',
      'x',
    ]) {
      const answer = await fetch(`${scene.url}/userinfo`, { headers: { authorization } });
      expect([400, 401]).toContain(answer.status);
    }
    expect((await userinfo(accessToken)).status).toBe(200);
  });

  test('a token outlives neither its service nor its time', async () => {
    const { registry } = scene.server;
    const before = registry.all();
    registry.replace(
      before.map((party) => (party.id === 'payroll' ? { ...party, enabled: false } : party)),
    );
    expect((await userinfo(accessToken)).status).toBe(401);
    registry.replace(before);
    expect((await userinfo(accessToken)).status).toBe(200);
  });
});

describe('/introspect', () => {
  const introspect = (token: string, headers: Record<string, string>) =>
    fetch(`${scene.url}/introspect`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ token }),
    });
  const as = (id: string, secret = `secret-of-${id}-0123456789`) => ({
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  });

  test('B45: by nobody => 401; by another client, or of no token => active false and nothing else', async () => {
    expect([400, 401]).toContain((await introspect(accessToken, {})).status);
    expect((await introspect(accessToken, as('payroll', 'wrong'))).status).toBe(401);
    for (const [token, id] of [
      [accessToken, 'wiki'],
      ['x', 'payroll'],
      ['per_x.y.z', 'payroll'],
    ] as const) {
      const answer = await introspect(token, as(id));
      expect(await answer.json()).toEqual({ active: false });
    }
    expect(await (await introspect(idToken, as('payroll'))).json()).not.toHaveProperty('sub');
    const own = await introspect(accessToken, as('payroll'));
    expect(((await own.json()) as { active: boolean }).active).toBe(true);
  });
});

test('R55: what we sign names its key and kind, pins its algorithm and says when it ends', async () => {
  const [head = '', body = ''] = idToken.split('.');
  const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as Record<string, unknown>;
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
  expect(header['alg']).toBe('ES256');
  for (const name of ['jku', 'x5u', 'jwk', 'zip']) expect(header).not.toHaveProperty(name);
  expect(claims).toMatchObject({ iss: scene.url, aud: 'payroll' });
  expect(claims['exp']).toBeDefined();
  for (const key of await jwks()) {
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) {
      expect(key).not.toHaveProperty(secret);
    }
  }
});
