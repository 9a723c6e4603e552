import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { SignJWT, UnsecuredJWT, type JWK } from 'jose';
import { answerOf, CALLBACK, OidcClient } from '../support/oidc-client.js';
import { oidcParty } from '../support/start-server.js';
import { errorOf, setScene, token, type Scene } from './support/scene.js';
import { changingNothing, expectNoTraces, ledger } from './support/ledger.js';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene({
    relyingParties: [
      oidcParty('spa', { client_secret: undefined }),
      oidcParty('no-refresh', { grant_types: ['authorization_code'] }),
      oidcParty('quick', { refresh_token_lifetime: 3600, access_token_lifetime: 60 }),
    ],
  });
});
afterAll(() => scene.close());

async function aCode(parameters: Record<string, string> = {}) {
  const { who, browser, request, arrived } = await scene.signedIn(parameters);
  const code = answerOf(arrived)['code'] ?? '';
  const body = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: CALLBACK,
    code_verifier: request.verifier,
  };
  return { who, browser, code, body };
}

async function tokensOf(parameters: Record<string, string> = {}) {
  const { who, browser, body, code } = await aCode(parameters);
  const answer = await token(scene.url, body);
  const tokens = (await answer.json()) as {
    access_token: string;
    id_token: string;
    refresh_token: string;
  };
  return { who, browser, body, code, tokens };
}

const refresh = (value: string, more: Record<string, string> = {}, as = 'payroll') =>
  token(scene.url, { grant_type: 'refresh_token', refresh_token: value, ...more }, as);

const userinfo = (value: string) =>
  fetch(`${scene.url}/userinfo`, { headers: { authorization: `Bearer ${value}` } });

async function expectRefused(answer: Response, error: string, status = 400): Promise<void> {
  expect(answer.status).toBe(status);
  expect(answer.headers.get('cache-control')).toContain('no-store');
  const text = await answer.text();
  expect((JSON.parse(text) as { error: string }).error).toBe(error);
  expectNoTraces(text);
}

describe('authorization codes', () => {
  test('B25, R44: used twice in a row => invalid_grant, and what it gave is revoked', async () => {
    const { body, tokens } = await tokensOf({ scope: 'openid offline_access' });
    expect((await userinfo(tokens.access_token)).status).toBe(200);
    await expectRefused(await token(scene.url, body), 'invalid_grant');
    expect((await userinfo(tokens.access_token)).status).toBe(401);
    await expectRefused(await refresh(tokens.refresh_token), 'invalid_grant');
  });

  test('B26, O4: of fifty parallel redemptions exactly one succeeds', async () => {
    const { body } = await aCode();
    const answers = await Promise.all(Array.from({ length: 50 }, () => token(scene.url, body)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array.from({ length: 49 }, () => 400)]);
  });

  test('B27: of another client => invalid_grant, and the code is burned', async () => {
    const { body } = await aCode();
    await expectRefused(await token(scene.url, body, 'wiki'), 'invalid_grant');
    await expectRefused(await token(scene.url, body), 'invalid_grant');
  });

  test.each<[string, Record<string, string>]>([
    ['wrong', { code_verifier: 'x'.repeat(43) }],
    ['missing', { code_verifier: '' }],
    ['too short', { code_verifier: 'x' }],
    ['too long', { code_verifier: 'x'.repeat(200) }],
    ['with characters of no verifier', { code_verifier: `${'x'.repeat(42)}å` }],
  ])('B28: a verifier that is %s => refused', async (_name, change) => {
    const { body } = await aCode();
    const answer = await changingNothing(scene, () => token(scene.url, { ...body, ...change }));
    expect(answer.status).toBe(400);
    expect(['invalid_grant', 'invalid_request']).toContain(await errorOf(answer));
  });

  test.each([`${CALLBACK}/`, 'https://evil.example/', `${CALLBACK}?x`])(
    'B29: redirect_uri %s that is not the one of the request => refused',
    async (uri) => {
      const { body } = await aCode();
      const answer = await token(scene.url, { ...body, redirect_uri: uri });
      expect(answer.status).toBe(400);
      expect(['invalid_grant', 'invalid_request']).toContain(await errorOf(answer));
    },
  );

  test('B31: nothing else is a code, and a code is nothing else', async () => {
    const { tokens, browser, body } = await tokensOf({ scope: 'openid offline_access' });
    const cookies = await browser.jar.getCookieString(scene.url);
    const session = /drawbridge-session=([^;]+)/.exec(cookies)?.[1] ?? '';
    const { code } = await aCode();
    const things = {
      access: tokens.access_token,
      refresh: tokens.refresh_token,
      id: tokens.id_token,
      session,
      sessionId: session.split('.')[0] ?? '',
      'request uri': 'urn:ietf:params:oauth:request_uri:x',
      code,
    };
    for (const [name, value] of Object.entries(things)) {
      if (name !== 'code') {
        await expectRefused(await token(scene.url, { ...body, code: value }), 'invalid_grant');
      }
      if (name !== 'refresh') await expectRefused(await refresh(value), 'invalid_grant');
      if (name !== 'access') expect((await userinfo(value)).status).toBe(401);
    }
    expect((await userinfo(tokens.access_token)).status).toBe(200);
  });

  test('R45: a code is worth nothing a minute later', async () => {
    const { body } = await aCode();
    scene.clock.advance(61_000);
    await expectRefused(await token(scene.url, body), 'invalid_grant');
  });

  test('B38: disabled, or signed out everywhere since => invalid_grant', async () => {
    const { people } = scene.server.drawbridge.parts;
    for (const end of ['disable', 'signOutEverywhere'] as const) {
      const { who, body } = await aCode();
      await people[end](who.id as never);
      await expectRefused(await token(scene.url, body), 'invalid_grant');
      const later = await tokensOf({ scope: 'openid offline_access' });
      await people[end](later.who.id as never);
      await expectRefused(await refresh(later.tokens.refresh_token), 'invalid_grant');
      expect((await userinfo(later.tokens.access_token)).status).toBe(401);
    }
  });
});

describe('who asks', () => {
  const post = (headers: Record<string, string>, body: Record<string, string>) =>
    fetch(`${scene.url}/token`, { method: 'POST', headers, body: new URLSearchParams(body) });
  const basic = (id: string, secret: string) => ({
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
  });

  test('B33: Basic and body both => invalid_request', async () => {
    const answer = await post(basic('payroll', 'secret-of-payroll-0123456789'), {
      grant_type: 'client_credentials',
      client_id: 'payroll',
      client_secret: 'secret-of-payroll-0123456789',
    });
    await expectRefused(answer, 'invalid_request');
  });

  test('R50: no, a wrong or another client’s secret => invalid_client 401', async () => {
    const grant = { grant_type: 'client_credentials' };
    for (const answer of [
      await post(basic('payroll', 'wrong'), grant),
      await post(basic('payroll', 'secret-of-wiki-0123456789'), grant),
      await post(basic('nobody', 'x'), grant),
      await post(basic('account', 'x'), grant),
      await post({}, { ...grant, client_id: 'payroll' }),
      await post({}, { ...grant, client_id: 'payroll', client_secret: 'wrong' }),
    ]) {
      await expectRefused(answer, 'invalid_client', 401);
    }
    for (const header of [
      'Basic',
      'Basic %%%',
      `Basic ${'A'.repeat(9000)}`,
      'Bearer x',
      `Basic ${Buffer.from('payroll:').toString('base64')}`,
      'Basic bm8=',
    ]) {
      const answer = await post({ authorization: header }, grant);
      expect([400, 401, 431]).toContain(answer.status);
    }
  });

  test('a public client cannot ask without the code’s verifier, nor for itself', async () => {
    const spa = await OidcClient.discover(scene.url, 'spa', { secret: null });
    const { arrived } = await scene.signedIn({}, spa);
    const code = answerOf(arrived)['code'] ?? '';
    const body = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: CALLBACK,
      client_id: 'spa',
    };
    expect((await post({}, body)).status).toBe(400);
    const own = await post({}, { grant_type: 'client_credentials', client_id: 'spa' });
    expect(own.status).toBe(400);
    expect(['unauthorized_client', 'invalid_request']).toContain(await errorOf(own));
  });

  test('B34: assertions in place of a secret => invalid_client 401, whatever they are', async () => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: 'payroll', sub: 'payroll', aud: scene.url, jti: 'x', iat: now };
    const key = new TextEncoder().encode('secret-of-payroll-0123456789-0123456789');
    const jwks = (await (await fetch(`${scene.url}/jwks`)).json()) as { keys: JWK[] };
    const ec = jwks.keys.find(({ kty }) => kty === 'EC') as JWK;
    const pem = createPublicKey({ key: ec as never, format: 'jwk' }).export({
      format: 'pem',
      type: 'spki',
    });
    const hs = (header: object, over: object, secret = key) =>
      new SignJWT({ ...claims, exp: now + 60, ...over })
        .setProtectedHeader({ alg: 'HS256', ...header })
        .sign(secret);
    for (const assertion of [
      new UnsecuredJWT({ ...claims, exp: now + 60 }).encode(),
      await hs({}, {}),
      await hs({}, {}, new TextEncoder().encode(String(pem))),
      await hs({}, { aud: 'https://elsewhere.example' }),
      await hs({}, { exp: now + 31_536_000 }),
      await hs({ kid: '../../etc/passwd' }, {}),
      await hs({ kid: `' or 1=1 --` }, {}),
      await hs({ jwk: ec }, {}),
      await hs({ jku: 'https://evil.example/jwks' }, {}),
      'x',
    ]) {
      const answer = await post(
        {},
        {
          grant_type: 'client_credentials',
          client_id: 'payroll',
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: assertion,
        },
      );
      expect([400, 401]).toContain(answer.status);
      expect(['invalid_client', 'invalid_request']).toContain(await errorOf(answer));
    }
  });

  test.each(['password', 'implicit', 'x', 'urn:ietf:params:oauth:grant-type:jwt-bearer', ''])(
    'B35, R46: grant_type %s',
    async (grant) => {
      const answer = await changingNothing(scene, () =>
        token(scene.url, { grant_type: grant, username: 'person1', password: 'x' }),
      );
      await expectRefused(answer, grant === '' ? 'invalid_request' : 'unsupported_grant_type');
    },
  );

  test('a grant the client is not registered for => 400', async () => {
    const answers = [
      await token(scene.url, { grant_type: 'client_credentials' }, 'wiki'),
      await refresh('x', {}, 'no-refresh'),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(400);
      expect(['unauthorized_client', 'invalid_request']).toContain(await errorOf(answer));
    }
  });

  test('O2: a parameter twice => invalid_request', async () => {
    const { body } = await aCode();
    for (const name of Object.keys(body)) {
      const twice = new URLSearchParams(body);
      twice.append(name, 'x');
      await expectRefused(
        await changingNothing(scene, () => token(scene.url, twice)),
        'invalid_request',
      );
    }
  });

  test('B39: GET and the like => 405', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD']) {
      for (const path of ['/token', '/introspect', '/revoke']) {
        const answer = await fetch(`${scene.url}${path}`, { method });
        expect(answer.status).toBe(405);
        expect(answer.headers.get('allow')).toContain('POST');
      }
    }
  });

  test('B21: bodies that are no form => 400 or 415', async () => {
    const headers = basic('payroll', 'secret-of-payroll-0123456789');
    for (const [type, body] of [
      ['application/json', '{"grant_type":"client_credentials"}'],
      ['text/plain', 'grant_type=client_credentials'],
      ['application/x-www-form-urlencoded', 'grant_type[]=client_credentials'],
      ['application/x-www-form-urlencoded', '%'],
      ['application/x-www-form-urlencoded', ''],
    ] as const) {
      const answer = await fetch(`${scene.url}/token`, {
        method: 'POST',
        headers: { ...headers, 'content-type': type },
        body,
      });
      expect([400, 415]).toContain(answer.status);
    }
  });
});

describe('refresh tokens', () => {
  test('B37: a wider scope => invalid_scope', async () => {
    const { tokens } = await tokensOf({ scope: 'openid offline_access' });
    const answer = await refresh(tokens.refresh_token, { scope: 'openid email groups' });
    await expectRefused(answer, 'invalid_scope');
  });

  test('I12, R47: of many parallel uses one succeeds at most, and afterwards the family is dead', async () => {
    const { tokens } = await tokensOf({ scope: 'openid offline_access' });
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => refresh(tokens.refresh_token)),
    );
    const won = answers.filter(({ status }) => status === 200);
    expect(won.length).toBeLessThanOrEqual(1);
    expect(answers.every(({ status }) => status === 200 || status === 400)).toBe(true);
    for (const answer of won) {
      const next = (await answer.json()) as { refresh_token: string; access_token: string };
      await expectRefused(await refresh(next.refresh_token), 'invalid_grant');
      expect((await userinfo(next.access_token)).status).toBe(401);
    }
  });

  test('of another client => invalid_grant, and its owner can still use it', async () => {
    const { tokens } = await tokensOf({ scope: 'openid offline_access' });
    await expectRefused(await refresh(tokens.refresh_token, {}, 'wiki'), 'invalid_grant');
    expect((await refresh(tokens.refresh_token)).status).toBe(200);
  });

  test('R49: rotation does not make them live longer than the first one', async () => {
    // The library goes by the clock of the system.
    const now = jest.spyOn(Date, 'now').mockImplementation(() => scene.clock.now());
    const quick = await OidcClient.discover(scene.url, 'quick');
    const { request, arrived } = await scene.signedIn({ scope: 'openid offline_access' }, quick);
    let last = (await quick.redeem(request, arrived)).refresh_token ?? '';
    let turns = 0;
    for (; turns < 10; turns += 1) {
      scene.clock.advance(10 * 60_000);
      const answer = await refresh(last, {}, 'quick');
      if (answer.status !== 200) break;
      last = ((await answer.json()) as { refresh_token: string }).refresh_token;
    }
    now.mockRestore();
    expect(turns).toBeGreaterThan(2);
    expect(turns).toBeLessThanOrEqual(6);
  });

  test('R50: revoking one ends its family; another client cannot', async () => {
    const { tokens } = await tokensOf({ scope: 'openid offline_access' });
    const revoke = (as: string, value: string) =>
      fetch(`${scene.url}/revoke`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`${as}:secret-of-${as}-0123456789`).toString('base64')}`,
        },
        body: new URLSearchParams({ token: value }),
      });
    await revoke('wiki', tokens.refresh_token);
    await revoke('wiki', tokens.access_token);
    expect((await userinfo(tokens.access_token)).status).toBe(200);
    const anonymous = await fetch(`${scene.url}/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ token: tokens.refresh_token }),
    });
    expect([400, 401]).toContain(anonymous.status);
    expect((await revoke('payroll', tokens.refresh_token)).status).toBe(200);
    await expectRefused(await refresh(tokens.refresh_token), 'invalid_grant');
    expect((await userinfo(tokens.access_token)).status).toBe(401);
  });
});

test('what was refused stores nothing', async () => {
  const before = await ledger(scene);
  await refresh('x');
  await token(scene.url, { grant_type: 'authorization_code', code: 'x', redirect_uri: CALLBACK });
  expect(await ledger(scene)).toEqual(before);
});
