import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CALLBACK, OidcClient } from '../support/oidc-client.js';
import { startPartner } from '../support/partner-server.js';
import { keptDocuments, Registrar } from '../support/registration/registrar.js';
import { oidcParty, testConfiguration } from '../support/start-server.js';
import { setScene, type Scene } from './support/scene.js';

let scene: Scene;
let registrar: Registrar;
let inside: Awaited<ReturnType<typeof startPartner>>;
beforeAll(async () => {
  inside = await startPartner((_request, response) => response.end('{}'));
  scene = await setScene({
    configuration: (url) => ({
      oidc: { ...testConfiguration(url, 0, '/').oidc, registration: 'token', resources: [api] },
    }),
    relyingParties: [oidcParty('gateway', { introspection_resources: [api.identifier] })],
  });
  registrar = new Registrar(scene.server);
});
afterAll(async () => {
  await scene?.close();
  await inside?.close();
});

const api = {
  identifier: 'https://api.example/payslips',
  scopes: ['payslips.read'],
  format: 'opaque',
} as const;
const callback = 'https://snoop.example/callback';
const plain = { client_name: 'Snoop', redirect_uris: [callback] };

async function kept(id: unknown): Promise<Record<string, unknown>> {
  const all = await keptDocuments(scene.server);
  return all.find((document) => document['id'] === id) ?? {};
}

describe('B95: what is not a service’s to say never reaches its document', () => {
  const wished = {
    id: 'payroll',
    client_id: 'payroll',
    client_secret: 'chosen-by-the-client',
    name: 'Payroll',
    protocol: 'saml',
    enabled: true,
    third_party: false,
    home_url: 'https://snoop.example/',
    policy: { factors: 1 },
    oidc: { client_id: 'payroll' },
    isAdmin: true,
    origin: 'import',
    management_hash: 'x',
    claims: { employee: 'employeeNumber' },
    resources: [{ identifier: 'https://api.example', scopes: ['all'] }],
    introspection_resources: ['https://api.example'],
    access_token_lifetime: 86_400,
    refresh_token_lifetime: 999_999_999,
    id_token_lifetime: 86_400,
    allowed_origins: ['https://elsewhere.example'],
    response_modes: ['fragment'],
    relying_party: 'payroll',
    logo_uri: 'data:image/svg+xml,<svg onload=alert(1)>',
    policy_uri: 'javascript:alert(1)',
    client_uri: 'javascript:alert(1)',
    registration_access_token: 'chosen',
    client_id_issued_at: 1,
  };

  test('B95 mass assignment is ignored on the way in', async () => {
    const answer = await registrar.register({ ...plain, ...wished });
    expect(answer.status).toBe(201);
    const id = answer.body['client_id'];
    expect(id).toMatch(/^reg-[0-9a-f]{32}$/);
    expect(await kept(id)).toEqual({
      id,
      name: 'Snoop',
      protocol: 'oidc',
      third_party: true,
      oidc: {
        client_id: id,
        redirect_uris: [callback],
        token_endpoint_auth_method: 'client_secret_basic',
        id_token_signed_response_alg: 'RS256',
      },
    });
    expect(JSON.stringify(answer.body)).not.toMatch(/chosen|isAdmin|payroll|svg|javascript/);
  });

  test('B95 and neither in a replacement', async () => {
    const registered = await registrar.register(plain);
    const { client_id, client_secret } = registered.body;
    const { registration_access_token: _t, client_id_issued_at: _i, ...rest } = wished;
    const replaced = await registrar.manage('PUT', registered, {
      ...rest,
      ...plain,
      client_id,
      client_secret,
    });
    expect(replaced.status).toBe(200);
    const document = await kept(client_id);
    expect(Object.keys(document).sort()).toEqual(['id', 'name', 'oidc', 'protocol', 'third_party']);
    expect(document['third_party']).toBe(true);
    expect(JSON.stringify(document)).not.toMatch(/isAdmin|payroll|lifetime|resources|claims/);
  });

  test.each(['__proto__', 'constructor', 'prototype'])('B95 %s is refused', async (name) => {
    const body = `{"redirect_uris":["${callback}"],"${name}":{"isAdmin":true,"third_party":false}}`;
    const answer = await registrar.register(body);
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_client_metadata' } });
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
  });

  test('B95 members of keys that are none are not kept', async () => {
    const jwks = `{"keys":[{"kty":"EC","crv":"P-256","x":"${'A'.repeat(43)}","y":"${'A'.repeat(43)}","__proto__":{"isAdmin":true},"nested":{"a":[{}]}}]}`;
    const answer = await registrar.register(
      `{"redirect_uris":["${callback}"],"token_endpoint_auth_method":"private_key_jwt","jwks":${jwks}}`,
    );
    expect(answer.status).toBe(201);
    expect(JSON.stringify(await kept(answer.body['client_id']))).not.toMatch(/nested|__proto__/);
  });

  test('a text that looks like a variable stays a text', async () => {
    const { body } = await registrar.register({ ...plain, client_name: '${PATH} ${HOME}' });
    expect(body['client_name']).toBe('${PATH} ${HOME}');
    const id = String(body['client_id']);
    expect((await kept(id))['name']).toBe('${PATH} ${HOME}');
  });

  test('registered services are third parties whose secrets are sealed', async () => {
    const { body } = await registrar.register(plain);
    const secret = String(body['client_secret']);
    const row = await scene.server.drawbridge.base.database.db
      .selectFrom('relying_parties')
      .selectAll()
      .where('id', '=', String(body['client_id']))
      .executeTakeFirst();
    expect(row?.secret_sealed).not.toBeNull();
    expect(JSON.stringify(row)).not.toContain(secret);
    expect(JSON.stringify(row)).not.toContain(String(body['registration_access_token']));
    expect(scene.server.log.join('\n')).not.toContain(secret);
  });
});

describe('B98: addresses that lead where they must not', () => {
  test.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)//https://a.example',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://snoop.example/1',
    'https://*.snoop.example/callback',
    'https://snoop.example/*',
    'http://snoop.example/callback',
    'http://127.0.0.1.snoop.example/',
    'http://localhost.snoop.example/',
    'https://user:pw@snoop.example/',
    'https://snoop.example/#fragment',
    'com.snoop.app:/callback',
    '//snoop.example/callback',
    '/callback',
    '',
  ])('B98 redirect_uris with %s', async (uri) => {
    for (const redirect_uris of [[uri], [callback, uri]]) {
      const answer = await registrar.register({ ...plain, redirect_uris });
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_redirect_uri' } });
    }
  });

  test.each([
    ['none', []],
    ['no list', callback],
    ['no texts', [{ toString: 'x' }, 1, null]],
    ['too many', Array.from({ length: 21 }, (_, index) => `${callback}/${index}`)],
    ['too long', [`${callback}/${'x'.repeat(2_000)}`]],
  ])('B98 redirect_uris that are %s', async (_name, redirect_uris) => {
    const answer = await registrar.register({ ...plain, redirect_uris });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_redirect_uri' } });
  });

  test('B98 an https address of this machine, for a native application', async () => {
    const native = { application_type: 'native', redirect_uris: ['https://localhost/callback'] };
    const answer = await registrar.register({ ...plain, ...native });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_redirect_uri' } });
  });

  test('twenty are taken', async () => {
    const redirect_uris = Array.from({ length: 20 }, (_, index) => `${callback}/${index}`);
    expect((await registrar.register({ ...plain, redirect_uris })).status).toBe(201);
  });

  test.each(['javascript:alert(1)', 'http://snoop.example/', 'data:text/html,x'])(
    'B98 post_logout_redirect_uris with %s',
    async (uri) => {
      const answer = await registrar.register({ ...plain, post_logout_redirect_uris: [uri] });
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_client_metadata' } });
    },
  );

  const privateAddresses = () => [
    'https://127.0.0.1/jwks',
    'https://10.0.0.7/jwks',
    'https://192.168.1.1/jwks',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/jwks',
    'https://[::ffff:10.0.0.1]/jwks',
    'https://[fd00::1]/jwks',
    'https://2130706433/jwks',
    'https://0x7f.1/jwks',
    'https://0/jwks',
    'https://localhost/jwks',
    `${inside.url}/jwks`,
    'http://snoop.example/jwks',
    'file:///etc/passwd',
    'javascript:alert(1)',
  ];

  test.each(['client_secret_basic', 'private_key_jwt'])(
    'B98 jwks_uri with a private address, with %s',
    async (token_endpoint_auth_method) => {
      for (const jwks_uri of privateAddresses()) {
        const answer = await registrar.register({ ...plain, token_endpoint_auth_method, jwks_uri });
        expect([jwks_uri, answer.status, answer.body['error']]).toEqual([
          jwks_uri,
          400,
          'invalid_client_metadata',
        ]);
      }
      expect(inside.calls()).toBe(0);
    },
  );

  test('B98 backchannel_logout_uri with a private address', async () => {
    for (const backchannel_logout_uri of privateAddresses()) {
      const answer = await registrar.register({ ...plain, backchannel_logout_uri });
      expect([backchannel_logout_uri, answer.status]).toEqual([backchannel_logout_uri, 400]);
    }
    expect(inside.calls()).toBe(0);
  });

  test('B98 a logo is not taken, so its scripts are nowhere', async () => {
    const logo_uri = 'https://snoop.example/logo.svg';
    const { status, body } = await registrar.register({ ...plain, logo_uri });
    expect(status).toBe(201);
    expect(body).not.toHaveProperty('logo_uri');
  });

  test('B98 the same holds for a replacement', async () => {
    const registered = await registrar.register(plain);
    const { client_id } = registered.body;
    for (const change of [
      { redirect_uris: ['javascript:alert(1)'] },
      { jwks_uri: 'https://10.0.0.7/jwks' },
    ]) {
      const answer = await registrar.manage('PUT', registered, { client_id, ...plain, ...change });
      expect(answer.status).toBe(400);
    }
    expect((await registrar.manage('GET', registered)).body).toEqual(registered.body);
  });
});

describe('a registration that is refused', () => {
  test.each([
    ['a grant for passwords', { grant_types: ['password'] }],
    ['the implicit grant', { grant_types: ['implicit'] }],
    ['tokens without people', { grant_types: ['client_credentials'] }],
    ['tokens in addresses', { response_types: ['id_token token'] }],
    ['pairwise names', { subject_type: 'pairwise' }],
    ['unsigned ID tokens', { id_token_signed_response_alg: 'none' }],
    ['ID tokens signed by its secret', { id_token_signed_response_alg: 'HS256' }],
    ['assertions by its secret', { token_endpoint_auth_method: 'client_secret_jwt' }],
    ['keys without any', { token_endpoint_auth_method: 'private_key_jwt' }],
    ['a name that turns the page round', { client_name: 'Pay\u202eroll' }],
    ['a name of control characters', { client_name: 'a\u0000b' }],
    ['an empty name', { client_name: '  ' }],
    ['a name that fills the page', { client_name: 'x'.repeat(101) }],
    ['a name that is none', { client_name: { toString: 'x' } }],
    ['an age that is none', { default_max_age: '60' }],
    [
      'a private key',
      {
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', d: 'canary-private-part' }] },
      },
    ],
    [
      'half a key',
      {
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'A'.repeat(43) }] },
      },
    ],
    [
      'a shared key',
      {
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [{ kty: 'oct', k: 'canary-private-part' }] },
      },
    ],
  ])('with %s is told what is wrong and nothing else', async (_name, change) => {
    const before = (await keptDocuments(scene.server)).length;
    const answer = await registrar.register({ ...plain, ...change });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_client_metadata' } });
    expect(Object.keys(answer.body).sort()).toEqual(['error', 'error_description']);
    expect(JSON.stringify(answer.body)).not.toMatch(/canary|\.ts|node_modules|\bat /);
    expect(await keptDocuments(scene.server)).toHaveLength(before);
  });

  test.each([
    ['no JSON', '{', 400],
    ['an array', '[]', 400],
    ['null', 'null', 400],
    ['a number', '1', 400],
    ['a text', '"x"', 400],
    ['nothing', '', 400],
    ['nested deeply', `{"jwks":${'['.repeat(30_000)}${']'.repeat(30_000)}}`, 400],
    ['too long', `{"client_name":"${'x'.repeat(70_000)}"}`, 413],
  ])('with a body that is %s', async (_name, body, status) => {
    const answer = await registrar.send('POST', '/register', await registrar.token(), body);
    expect(answer).toMatchObject({ status, body: { error: expect.any(String) } });
  });

  test('with another type of body', async () => {
    const token = await registrar.token();
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx']) {
      const headers = { 'content-type': type };
      const answer = await registrar.send('POST', '/register', token, plain, headers);
      expect(answer.status).toBe(415);
    }
  });

  test('without a token is refused before its body counts, and so is a token anywhere but in the header', async () => {
    const token = await registrar.token();
    for (const [path, sent] of [
      ['/register', null],
      ['/register', 'wrong'],
      [`/register?access_token=${token}`, null],
    ] as const) {
      const answer = await registrar.send('POST', path, sent, 'no JSON');
      expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm=/);
    }
    expect((await registrar.register({ ...plain, access_token: token }, null)).status).toBe(401);
    expect((await registrar.register(plain, token)).status).toBe(201);
  });

  test('is in the audit log with its reason, and without the token', async () => {
    const token = await registrar.token();
    await registrar.register({ redirect_uris: ['javascript:alert(1)'] }, token);
    const rows = await scene.server.drawbridge.base.database.db
      .selectFrom('audit_events')
      .where('kind', '=', 'request.refused')
      .select('data')
      .execute();
    const told = rows.map(({ data }) => JSON.parse(data) as Record<string, unknown>);
    expect(told).toContainEqual(
      expect.objectContaining({ entry: 'oidc.registration', error: 'invalid_redirect_uri' }),
    );
    expect(JSON.stringify(told)).not.toContain(token);
  });
});

test('a management token registers nothing, and an initial one manages nothing', async () => {
  const initial = await registrar.token(5);
  const registered = await registrar.register(plain, initial);
  const management = String(registered.body['registration_access_token']);
  expect((await registrar.register(plain, management)).status).toBe(401);
  const path = String(registered.body['registration_client_uri']);
  expect((await registrar.send('GET', path, initial)).status).toBe(401);
  expect((await registrar.send('DELETE', path, initial)).status).toBe(401);
});

test('tokens of a service that is gone are good for nothing, also where its grant came late', async () => {
  const { database } = scene.server.drawbridge.base;
  const registered = await registrar.register({ ...plain, redirect_uris: [CALLBACK] });
  const { client_id, client_secret } = registered.body as Record<string, string>;
  const party = await OidcClient.discover(scene.url, client_id ?? '', {
    secret: client_secret ?? '',
  });
  const asking = { scope: 'openid payslips.read', resource: api.identifier };
  const { browser, request, arrived } = await scene.signedIn(asking, party);
  const allowed = await browser.submit(arrived, { consent: 'allow' });
  const { access_token } = await party.redeem(request, allowed);
  const introspected = async () => {
    const answer = await fetch(`${scene.url}/introspect`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from('gateway:secret-of-gateway-0123456789').toString('base64')}`,
      },
      body: new URLSearchParams({ token: access_token }),
    });
    return { status: answer.status, body: (await answer.json()) as unknown };
  };
  expect(await introspected()).toMatchObject({ body: { active: true, client_id } });

  await registrar.manage('DELETE', registered);
  const revoked = { status: 200, body: { active: false } };
  expect(await introspected()).toEqual(revoked);
  // As another process leaves it that had not heard of the end yet.
  await database.db
    .updateTable('oidc_grants')
    .set({ revoked_at: null })
    .where('client_id', '=', client_id ?? '')
    .execute();
  expect(await introspected()).toEqual(revoked);
});
