import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { TestBrowser, type Visit } from '../support/browser.js';
import { ManualClock } from '../support/manual-clock.js';
import { answerOf, OidcClient, signIn } from '../support/oidc-client.js';
import { addPerson, PASSWORD } from '../support/people.js';
import { oidcParty, startTestServer, type TestServer } from '../support/start-server.js';

let server: TestServer;
let printer: OidcClient;
const clock = new ManualClock(Date.now());
let count = 0;

beforeAll(async () => {
  const grant = 'urn:ietf:params:oauth:grant-type:device_code' as const;
  const only = { client_secret: undefined, redirect_uris: [], grant_types: [grant] };
  const policy = { factors: 2, maxAge: null, allowedFactors: null, groups: ['board'] } as const;
  server = await startTestServer({
    clock,
    // Guesses are counted for a quarter of an hour, which Redis takes from its own clock.
    processes: 1,
    relyingParties: [
      oidcParty('printer', { ...only, grant_types: [grant, 'refresh_token'] }),
      oidcParty('closed', only, { policy }),
      oidcParty('planner', only, { thirdParty: true, name: 'Tidewater Planner' }),
      oidcParty('scanner', { grant_types: [grant, 'authorization_code'] }),
      oidcParty('payroll', {}),
    ],
  });
  printer = await OidcClient.discover(server.url, 'printer', { secret: null });
});
afterAll(() => server.close());
// Every test its own quarter of an hour, so that codes guessed in one do not count in the next.
beforeEach(() => clock.advance(16 * 60_000));

async function somebody() {
  count += 1;
  const username = `device${count}`;
  const { person, code } = await addPerson(server.drawbridge, username);
  return { username, person, code: () => (clock.advance(30_000), code()) };
}

interface Started {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  expires_in: number;
}

async function start(as = 'printer', scope = 'openid email'): Promise<Started> {
  const answer = await post('/device_authorization', { client_id: as, scope });
  return (await answer.json()) as Started;
}

function post(path: string, body: Record<string, string>): Promise<Response> {
  return fetch(`${server.url}${path}`, { method: 'POST', body: new URLSearchParams(body) });
}

/** One question of the device, after its interval. */
async function ask(started: Started, as = 'printer') {
  clock.advance(5_000);
  return askAtOnce(started, as);
}

async function askAtOnce(started: Started, as = 'printer') {
  const answer = await post('/token', {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: started.device_code,
    client_id: as,
  });
  return (await answer.json()) as Record<string, string>;
}

async function typeCode(browser: TestBrowser, code: string): Promise<Visit> {
  return browser.submit(await browser.open(`${server.url}/device`), { user_code: code });
}

async function upToSignIn(browser: TestBrowser, started: Started): Promise<Visit> {
  const confirm = await typeCode(browser, started.user_code);
  return browser.submit(confirm, { device: 'allow' });
}

async function complete(browser: TestBrowser, page: Visit): Promise<Visit> {
  const who = await somebody();
  const otp = await browser.submit(page, { username: who.username, password: PASSWORD });
  return browser.submit(otp, { code: who.code() });
}

test('a device shows a code, a person brings it, and the device is signed in', async () => {
  const started = await client.initiateDeviceAuthorization(printer.config, {
    scope: 'openid email offline_access',
  });
  expect(started.verification_uri).toBe(`${server.url}/device`);
  expect(started.user_code).toMatch(/^[A-Z]{4}-[A-Z]{4}$/);
  expect(started.expires_in).toBe(600);
  const browser = new TestBrowser();
  const confirm = await typeCode(browser, started.user_code.toLowerCase().replace('-', ' '));
  expect(confirm.body).toContain('Service printer');
  expect(confirm.body).toContain(started.user_code);
  const page = await browser.submit(confirm, { device: 'allow' });
  const done = await complete(browser, page);
  expect(done.status).toBe(200);
  expect(done.body).toContain('The device is signed in');
  const tokens = await client.pollDeviceAuthorizationGrant(printer.config, {
    ...started,
    interval: 0,
  });
  expect(tokens.claims()).toMatchObject({ email: expect.any(String) });
  const info = await fetch(`${server.url}/userinfo`, {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  });
  expect(info.status).toBe(200);
  const next = await client.refreshTokenGrant(printer.config, tokens.refresh_token ?? '');
  expect(next.access_token).toBeDefined();
});

test('discovery names the endpoint and the grant', async () => {
  expect(printer.config.serverMetadata()).toMatchObject({
    device_authorization_endpoint: `${server.url}/device_authorization`,
    grant_types_supported: expect.arrayContaining(['urn:ietf:params:oauth:grant-type:device_code']),
  });
});

test('the link with the code in it only fills the code in', async () => {
  const started = await start();
  const page = await new TestBrowser().open(started.verification_uri_complete);
  expect(page.body).toContain(`value="${started.user_code}"`);
  expect(await ask(started)).toMatchObject({ error: 'authorization_pending' });
});

test('who is signed in already confirms and is done', async () => {
  const payroll = await OidcClient.discover(server.url, 'payroll');
  const browser = new TestBrowser();
  await signIn(browser, (await payroll.request()).url, await somebody());
  const started = await start();
  const done = await upToSignIn(browser, started);
  expect(done.body).toContain('The device is signed in');
  expect((await ask(started))['access_token']).toBeDefined();
});

describe('until somebody has signed in with all that is demanded', () => {
  test('the device hears that it must wait, and to slow down when it does not', async () => {
    const started = await start();
    expect(await ask(started)).toMatchObject({ error: 'authorization_pending' });
    expect(await askAtOnce(started)).toMatchObject({ error: 'slow_down' });
    expect(await ask(started)).toMatchObject({ error: 'authorization_pending' });
  });

  test('a password alone grants nothing, whatever path is taken', async () => {
    const started = await start();
    const browser = new TestBrowser();
    const page = await upToSignIn(browser, started);
    const who = await somebody();
    const otp = await browser.submit(page, { username: who.username, password: PASSWORD });
    const uid = /\/login\/sgn_([\w-]+)/.exec(otp.url)?.[1] ?? '';
    const jumped = await browser.open(`${server.url}/device/${uid}`);
    expect(jumped.status).toBe(400);
    expect(await ask(started)).toMatchObject({ error: 'authorization_pending' });
    await upToSignIn(browser, started);
    expect(await ask(started)).toMatchObject({ error: 'authorization_pending' });
    const done = await browser.submit(otp, { code: who.code() });
    expect(done.body).toContain('The device is signed in');
    expect((await ask(started))['access_token']).toBeDefined();
  });

  test('a person whom policy keeps out signs no device in', async () => {
    const started = await start('closed');
    const browser = new TestBrowser();
    const page = await upToSignIn(browser, started);
    const { username } = await somebody();
    const refused = await browser.submit(page, { username, password: PASSWORD });
    expect(refused.status).toBe(403);
    expect(await ask(started, 'closed')).toMatchObject({ error: 'authorization_pending' });
    const back = /href="(\/device\/[^"]+)"/.exec(refused.body)?.[1] ?? '';
    expect((await browser.open(server.url + back)).body).toContain('not signed in');
    expect(await ask(started, 'closed')).toMatchObject({ error: 'access_denied' });
  });

  test('a third party needs consent too', async () => {
    const started = await start('planner');
    const browser = new TestBrowser();
    const consent = await complete(browser, await upToSignIn(browser, started));
    expect(consent.body).toContain('Tidewater Planner');
    expect(await ask(started, 'planner')).toMatchObject({ error: 'authorization_pending' });
    const done = await browser.submit(consent, { consent: 'allow' });
    expect(done.body).toContain('The device is signed in');
    expect((await ask(started, 'planner'))['access_token']).toBeDefined();
    const other = await start('planner');
    const another = new TestBrowser();
    const asked = await complete(another, await upToSignIn(another, other));
    expect((await another.submit(asked, { consent: 'deny' })).body).toContain('not signed in');
    expect(await ask(other, 'planner')).toMatchObject({ error: 'access_denied' });
  });
});

test('saying no tells the device', async () => {
  const started = await start();
  const browser = new TestBrowser();
  const confirm = await typeCode(browser, started.user_code);
  expect((await browser.submit(confirm, { device: 'deny' })).body).toContain('not signed in');
  expect(await ask(started)).toMatchObject({ error: 'access_denied' });
});

describe('a code', () => {
  test('is answered once: of two people one wins', async () => {
    const started = await start();
    const [one, two] = [new TestBrowser(), new TestBrowser()];
    const [first, second] = [await upToSignIn(one, started), await upToSignIn(two, started)];
    const [anna, bo] = [await somebody(), await somebody()];
    const otpOne = await one.post(first, { username: anna.username, password: PASSWORD });
    const otpTwo = await two.post(second, { username: bo.username, password: PASSWORD });
    const [pageOne, pageTwo] = [await one.follow(otpOne), await two.follow(otpTwo)];
    const codes = [anna.code(), bo.code()];
    const answers = await Promise.all([
      one.submit(pageOne, { code: codes[0] ?? '' }),
      two.submit(pageTwo, { code: codes[1] ?? '' }),
    ]);
    const won = answers.filter(({ body }) => body.includes('The device is signed in'));
    expect(won).toHaveLength(1);
    expect((await ask(started))['access_token']).toBeDefined();
  });

  test('is redeemed once, and showing it again ends what it gave', async () => {
    const started = await start();
    const browser = new TestBrowser();
    await complete(browser, await upToSignIn(browser, started));
    const { access_token: token } = await ask(started);
    expect(token).toBeDefined();
    expect(await ask(started)).toMatchObject({ error: 'invalid_grant' });
    const info = await fetch(`${server.url}/userinfo`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(info.status).toBe(401);
  });

  test('of another client is refused', async () => {
    const started = await start();
    expect(await ask(started, 'closed')).toMatchObject({ error: 'invalid_grant' });
  });

  test('does not work after it was used, nor after it has expired', async () => {
    const used = await start();
    const browser = new TestBrowser();
    await complete(browser, await upToSignIn(browser, used));
    expect((await typeCode(new TestBrowser(), used.user_code)).status).toBe(400);
    const old = await start();
    clock.advance(11 * 60_000);
    expect((await typeCode(new TestBrowser(), old.user_code)).status).toBe(400);
  });

  test('cannot be guessed: after ten that are wrong even a right one is not tried', async () => {
    const started = await start();
    for (let guess = 0; guess < 10; guess += 1) {
      expect((await typeCode(new TestBrowser(), 'BCDF-GHJK')).status).toBe(400);
    }
    const refused = await typeCode(new TestBrowser(), started.user_code);
    expect(refused.status).toBe(429);
    expect(refused.body).not.toContain('Service printer');
  });

  test.each([
    '',
    'short',
    "' or 1=1 --",
    '<script>alert(1)</script>',
    'Ａ'.repeat(8),
    'A'.repeat(5_000),
  ])('such as %# is refused', async (code) => {
    const page = await typeCode(new TestBrowser(), code);
    expect(page.status).toBe(400);
    expect(page.body).not.toContain('<script>alert');
  });
});

describe('forms that are not ours', () => {
  test.each([
    ['without a token', { csrf: '' }],
    ["with the library's word for it", { csrf: '', xsrf: 'x', confirm: 'yes' }],
  ])('%s change nothing', async (_name, change) => {
    const payroll = await OidcClient.discover(server.url, 'payroll');
    const browser = new TestBrowser();
    await signIn(browser, (await payroll.request()).url, await somebody());
    const started = await start();
    const confirm = await typeCode(browser, started.user_code);
    const answer = await browser.submit(confirm, { device: 'allow', ...change });
    expect(answer.status).toBe(403);
    expect(await ask(started)).toMatchObject({ error: 'authorization_pending' });
  });

  test('for another code change nothing', async () => {
    const [one, two] = [await start(), await start()];
    const browser = new TestBrowser();
    const confirm = await typeCode(browser, one.user_code);
    const answer = await browser.submit(confirm, { device: 'deny', user_code: two.user_code });
    expect(answer.status).toBe(403);
    expect(await ask(two)).toMatchObject({ error: 'authorization_pending' });
  });
});

test.each([
  ['a client without the grant', { client_id: 'payroll' }, 401],
  ['an unknown client', { client_id: 'nobody' }, 401],
  ['a client that must prove itself', { client_id: 'scanner' }, 401],
])('%s gets no code', async (_name, body, status) => {
  expect((await post('/device_authorization', body)).status).toBe(status);
});

test('a sign-in begun elsewhere is not a device, and the other way round', async () => {
  const payroll = await OidcClient.discover(server.url, 'payroll');
  const browser = new TestBrowser();
  const page = await browser.open((await payroll.request()).url);
  const uid = /\/login\/sgn_([\w-]+)/.exec(page.url)?.[1] ?? '';
  const who = await somebody();
  const otp = await browser.submit(page, { username: who.username, password: PASSWORD });
  const ended = await browser.post(otp, { code: who.code() });
  expect(ended.location).toContain(`/authorize/${uid}`);
  expect((await browser.open(`${server.url}/device/${uid}`)).status).toBe(400);
  expect(answerOf(await browser.follow(ended))['code']).toBeDefined();
});
