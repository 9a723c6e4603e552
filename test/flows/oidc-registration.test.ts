import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair } from 'jose';
import * as client from 'openid-client';
import { startAlternatingPair } from '../support/alternating-pair.js';
import { TestBrowser, type Visit } from '../support/browser.js';
import { failureOnPage } from '../support/failure-on-page.js';
import { CALLBACK, OidcClient, signIn } from '../support/oidc-client.js';
import { addPerson } from '../support/people.js';
import { Registrar, type Answer } from '../support/registration/registrar.js';
import { untilEverywhere } from '../support/services/until.js';
import {
  oidcParty,
  startTestServer,
  testConfiguration,
  type TestServer,
} from '../support/start-server.js';

let server: TestServer;
let registrar: Registrar;
let anna: { username: string; code: () => string };

beforeAll(async () => {
  server = await startTestServer({
    configuration: (url) => ({
      oidc: { ...testConfiguration(url, 0, '/').oidc, registration: 'token' },
    }),
    relyingParties: [oidcParty('payroll', {})],
  });
  registrar = new Registrar(server);
  anna = { username: 'anna', ...(await addPerson(server.drawbridge, 'anna')) };
});
afterAll(() => server?.close());

const planner = {
  client_name: 'Tidewater Planner',
  redirect_uris: [CALLBACK],
  grant_types: ['authorization_code', 'refresh_token'],
};

/** In force in every process. */
async function known(id: string, url = server.url): Promise<void> {
  const asked = async () => {
    const party = await OidcClient.discover(url, id);
    return new TestBrowser().open((await party.request()).url);
  };
  await untilEverywhere(async () => (await asked()).body.includes('name="password"'));
}

async function eventsAbout(id: string): Promise<string[]> {
  const rows = await server.drawbridge.base.database.db
    .selectFrom('audit_events')
    .where('relying_party', '=', id)
    .select('kind')
    .orderBy('at')
    .execute();
  return rows.map(({ kind }) => kind);
}

async function discovery(url: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${url}/.well-known/openid-configuration`);
  return (await answer.json()) as Record<string, unknown>;
}

test('a service registers by a client library, signs somebody in who is asked, renews its tokens and leaves', async () => {
  const config = await client.dynamicClientRegistration(new URL(server.url), planner, undefined, {
    initialAccessToken: await registrar.token(),
    execute: [client.allowInsecureRequests],
  });
  const metadata = config.clientMetadata();
  expect(metadata).toMatchObject({
    client_id: expect.stringMatching(/^reg-[0-9a-f]{32}$/),
    client_secret: expect.stringMatching(/^[\w-]{43}$/),
    client_secret_expires_at: 0,
    client_name: 'Tidewater Planner',
    token_endpoint_auth_method: 'client_secret_basic',
    id_token_signed_response_alg: 'RS256',
    response_types: ['code'],
    subject_type: 'public',
  });
  await known(metadata.client_id);

  const party = new OidcClient(config);
  const browser = new TestBrowser();
  const request = await party.request({ scope: 'openid offline_access', prompt: 'consent' });
  const asked = await signIn(browser, request.url, anna);
  expect(asked.body).toContain('Tidewater Planner');
  const allowed = await browser.submit(asked, { consent: 'allow' });
  const tokens = await party.redeem(request, allowed);
  const renewed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
  expect(renewed.refresh_token).toBeDefined();

  const { rows: granted } = await grantsOf(metadata.client_id);
  const left = await registrar.manage('DELETE', { body: metadata } as unknown as Answer);
  expect(left.status).toBe(204);
  await untilEverywhere(async () => {
    const page = await browser.open((await party.request()).url);
    return failureOnPage(page)?.code === 'DB-403';
  });
  await expect(client.refreshTokenGrant(config, renewed.refresh_token ?? '')).rejects.toMatchObject(
    { error: 'invalid_client' },
  );
  const info = await fetch(`${server.url}/userinfo`, {
    headers: { authorization: `Bearer ${renewed.access_token}` },
  });
  expect(info.status).toBe(401);
  const { rows } = await grantsOf(metadata.client_id);
  expect(granted.length).toBeGreaterThan(0);
  const alive = rows.filter(({ revoked_at }) => revoked_at === null).map(({ id }) => id);
  expect(granted.filter(({ id }) => alive.includes(id))).toEqual([]);
  const kinds = await eventsAbout(metadata.client_id);
  expect(kinds[0]).toBe('client.registered');
  expect(kinds).toContain('consent.given');
  expect(kinds).toContain('client.removed');
});

async function grantsOf(id: string) {
  const rows = await server.drawbridge.base.database.db
    .selectFrom('oidc_grants')
    .where('client_id', '=', id)
    .select(['id', 'revoked_at'])
    .execute();
  return { rows };
}

test('discovery names the endpoint where registration is on, and there is none where it is off', async () => {
  expect((await discovery(server.url))['registration_endpoint']).toBe(`${server.url}/register`);
  const closed = await startTestServer({ relyingParties: [], processes: 1 });
  try {
    expect(await discovery(closed.url)).not.toHaveProperty('registration_endpoint');
    const token = await new Registrar(closed).token();
    expect((await new Registrar(closed).register(planner, token)).status).toBe(404);
  } finally {
    await closed.close();
  }
});

describe('managing', () => {
  test('what is read is what was answered', async () => {
    const registered = await registrar.register({ ...planner, scope: 'openid email' });
    expect(registered.status).toBe(201);
    expect(registered.headers.get('cache-control')).toBe('no-store');
    const read = await registrar.manage('GET', registered);
    expect(read.status).toBe(200);
    expect(read.body).toEqual(registered.body);
  });

  test('a replacement holds whole, and neither id, secret nor token change', async () => {
    const registered = await registrar.register({ ...planner, default_max_age: 60 });
    const { client_id, client_secret, registration_access_token } = registered.body;
    const moved = 'https://planner.example/moved';
    const asked = { client_id, client_secret, client_name: 'Planner 2', redirect_uris: [moved] };
    const replaced = await registrar.manage('PUT', registered, asked);
    expect(replaced.status).toBe(200);
    expect(replaced.body).toMatchObject({
      client_id,
      client_secret,
      registration_access_token,
      client_name: 'Planner 2',
      redirect_uris: [moved],
      grant_types: ['authorization_code'],
    });
    expect(replaced.body).not.toHaveProperty('default_max_age');
    const party = await OidcClient.discover(server.url, String(client_id));
    const entrance = async (redirect_uri: string): Promise<Visit> =>
      new TestBrowser().open((await party.request({ redirect_uri })).url);
    await untilEverywhere(async () => failureOnPage(await entrance(CALLBACK))?.code === 'DB-405');
    await untilEverywhere(async () => (await entrance(moved)).body.includes('Planner 2'));
    expect(await eventsAbout(String(client_id))).toContain('client.changed');
  });

  test('a secret comes and goes with the method that needs one', async () => {
    const registered = await registrar.register({ ...planner, token_endpoint_auth_method: 'none' });
    expect(registered.body).not.toHaveProperty('client_secret');
    const { client_id } = registered.body;
    const confidential = await registrar.manage('PUT', registered, { client_id, ...planner });
    expect(confidential.body['client_secret']).toMatch(/^[\w-]{43}$/);
    const { publicKey } = await generateKeyPair('ES256', { extractable: true });
    const keyed = await registrar.manage('PUT', registered, {
      client_id,
      ...planner,
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [await exportJWK(publicKey)] },
    });
    expect(keyed.body).toMatchObject({ jwks: { keys: [{ kty: 'EC' }] } });
    expect(keyed.body).not.toHaveProperty('client_secret');
  });

  test.each([
    ['another client_id', { client_id: 'payroll' }],
    ['no client_id', { client_id: undefined }],
    ['another secret', { client_secret: 'guessed' }],
    ['a token of its choice', { registration_access_token: 'mine' }],
  ])('a replacement with %s is refused', async (_name, change) => {
    const registered = await registrar.register(planner);
    const { client_id } = registered.body;
    const answer = await registrar.manage('PUT', registered, { client_id, ...planner, ...change });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect((await registrar.manage('GET', registered)).body).toEqual(registered.body);
  });

  test("nobody manages another's client, one from a file, or one that is gone", async () => {
    const [mine, other] = await Promise.all([
      registrar.register(planner),
      registrar.register(planner),
    ]);
    const token = String(mine.body['registration_access_token']);
    const paths = [other.body['client_id'], 'payroll', 'reg-nobody', mine.body['client_id']];
    await registrar.manage('DELETE', mine);
    for (const id of paths) {
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const body = method === 'PUT' ? { client_id: id, ...planner } : undefined;
        const answer = await registrar.send(method, `/register/${String(id)}`, token, body);
        expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_token' } });
        expect(answer.headers.get('www-authenticate')).toContain('invalid_token');
      }
    }
    expect((await registrar.manage('GET', other)).status).toBe(200);
  });

  test('other methods are answered with those that are served', async () => {
    const wrong = await registrar.send('GET', '/register', null);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
    const onOne = await registrar.send('PATCH', '/register/x', null, {});
    expect([onOne.status, onOne.headers.get('allow')]).toEqual([405, 'GET, PUT, DELETE']);
  });
});

describe('the initial access token', () => {
  test('is needed, and is used up by a registration but not by a refusal', async () => {
    const token = await registrar.token();
    expect((await registrar.register(planner, null)).status).toBe(401);
    expect((await registrar.register(planner, 'x'.repeat(43))).status).toBe(401);
    expect((await registrar.register({ redirect_uris: ['x'] }, token)).status).toBe(400);
    expect((await registrar.register(planner, token)).status).toBe(201);
    expect((await registrar.register(planner, token)).status).toBe(401);
  });

  test('of one use registers one service, however many try at once', async () => {
    const token = await registrar.token();
    const tries = Array.from({ length: 12 }, () => registrar.register(planner, token));
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 401)).toHaveLength(11);
  });
});

test('the answer to a registration is what the process that gave it knows at once', async () => {
  const one = await startTestServer({
    configuration: (url) => ({
      oidc: { ...testConfiguration(url, 0, '/').oidc, registration: 'token' },
    }),
    relyingParties: [],
    processes: 1,
  });
  try {
    const registered = await new Registrar(one).register(planner);
    const party = await OidcClient.discover(one.url, String(registered.body['client_id']));
    const page = await new TestBrowser().open((await party.request()).url);
    expect(page.body).toContain('name="password"');
    await new Registrar(one).manage('DELETE', registered);
    expect(failureOnPage(await new TestBrowser().open((await party.request()).url))?.code).toBe(
      'DB-403',
    );
  } finally {
    await one.close();
  }
});

const shared = process.env['DRAWBRIDGE_TEST_POSTGRES_URL'] === undefined ? test.skip : test;

shared('two servers on the same stores know it within a second, with its secret', async () => {
  const pair = await startAlternatingPair(({ oidc }) => ({
    oidc: { ...oidc, registration: 'token' },
  }));
  try {
    const registered = await new Registrar(pair).register(planner);
    const { client_id, client_secret } = registered.body;
    const party = await OidcClient.discover(pair.url, String(client_id), {
      secret: String(client_secret),
    });
    await known(String(client_id), pair.url);
    const bo = { username: 'bo', ...(await addPerson(pair.drawbridge, 'bo')) };
    const browser = new TestBrowser();
    const request = await party.request({ scope: 'openid' });
    const asked = await signIn(browser, request.url, bo);
    const allowed = await browser.submit(asked, { consent: 'allow' });
    expect((await party.redeem(request, allowed)).claims()?.sub).toBeDefined();
    expect((await new Registrar(pair).manage('GET', registered)).body).toEqual(registered.body);
    await new Registrar(pair).manage('DELETE', registered);
    await untilEverywhere(async () => {
      const page = await new TestBrowser().open((await party.request()).url);
      return failureOnPage(page)?.code === 'DB-403';
    });
  } finally {
    await pair.close();
  }
});
