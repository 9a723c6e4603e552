import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { TestBrowser, type Visit } from '../support/browser.js';
import { ManualClock } from '../support/manual-clock.js';
import { answerOf, CALLBACK, OidcClient, signIn } from '../support/oidc-client.js';
import { addPerson, PASSWORD } from '../support/people.js';
import {
  closeServer,
  oidcParty,
  startTestServer,
  type TestServer,
} from '../support/start-server.js';

let server: TestServer;
let payroll: OidcClient;
let strict: OidcClient;
const clock = new ManualClock(Date.now());
let count = 0;

beforeAll(async () => {
  server = await startTestServer({
    clock,
    relyingParties: [
      oidcParty('payroll', {}),
      oidcParty('other', {}),
      oidcParty('strict', { require_pushed_authorization_requests: true }),
      oidcParty('spa', { client_secret: undefined }),
    ],
  });
  payroll = await OidcClient.discover(server.url, 'payroll');
  strict = await OidcClient.discover(server.url, 'strict');
});
afterAll(() => server.close());

async function somebody() {
  count += 1;
  const username = `pushed${count}`;
  const { code } = await addPerson(server.drawbridge, username);
  return { username, code: () => (clock.advance(30_000), code()) };
}

async function push(from: OidcClient, more: Record<string, string> = {}) {
  const { url, verifier, state, nonce } = await from.request(more);
  const parameters = new URL(url).searchParams;
  const pushed = await client.buildAuthorizationUrlWithPAR(from.config, parameters);
  return { url: pushed.href, verifier, state, nonce };
}

function pushRaw(body: Record<string, string>, authorization?: string): Promise<Response> {
  const headers = authorization === undefined ? {} : { authorization };
  return fetch(`${server.url}/par`, { method: 'POST', headers, body: new URLSearchParams(body) });
}

const basic = (id: string) =>
  `Basic ${Buffer.from(`${id}:secret-of-${id}-0123456789`).toString('base64')}`;

/** The refusal as it reaches the only registered address; nothing else of the request is believed by then. */
function refusal(answer: Visit): string | undefined {
  return answer.location?.startsWith(`${CALLBACK}?`) === true
    ? answerOf(answer)['error']
    : undefined;
}

test('a pushed request signs in, and refresh tokens come as with any other', async () => {
  const request = await push(strict, { scope: 'openid offline_access' });
  expect([...new URL(request.url).searchParams.keys()].sort()).toEqual([
    'client_id',
    'request_uri',
  ]);
  const arrived = await signIn(new TestBrowser(), request.url, await somebody());
  const tokens = await strict.redeem(request, arrived);
  expect(tokens.claims()?.sub).toBeDefined();
  expect(tokens.refresh_token).toBeDefined();
});

test('discovery names the endpoint, and what is pushed is valid for less than ten minutes', async () => {
  const { pushed_authorization_request_endpoint: endpoint } = payroll.config.serverMetadata();
  expect(endpoint).toBe(`${server.url}/par`);
  const answer = await pushRaw(await pushable(), basic('payroll'));
  expect(answer.status).toBe(201);
  expect(answer.headers.get('cache-control')).toContain('no-store');
  const { expires_in: seconds } = (await answer.json()) as { expires_in: number };
  expect(seconds).toBeLessThan(600);
});

async function pushable(): Promise<Record<string, string>> {
  return Object.fromEntries(new URL((await payroll.request()).url).searchParams);
}

describe('a request_uri', () => {
  test('may be opened again before it is answered, not afterwards', async () => {
    const request = await push(payroll);
    const browser = new TestBrowser();
    await browser.open(request.url);
    const arrived = await signIn(browser, request.url, await somebody());
    expect(answerOf(arrived)['code']).toBeDefined();
    expect(refusal(await browser.open(request.url))).toBe('invalid_request_uri');
    expect(refusal(await new TestBrowser().open(request.url))).toBe('invalid_request_uri');
  });

  test('opened in several browsers gives one code', async () => {
    const request = await push(payroll);
    const arrivals: Visit[] = [];
    const pages = await Promise.all(
      [1, 2, 3].map(async () => {
        const browser = new TestBrowser();
        return { browser, page: await browser.open(request.url), who: await somebody() };
      }),
    );
    for (const { browser, page, who } of pages) {
      const otp = await browser.submit(page, { username: who.username, password: PASSWORD });
      arrivals.push(await browser.submit(otp, { code: who.code() }));
    }
    const codes = arrivals.filter(({ location }) => location?.includes('code=') === true);
    expect(codes).toHaveLength(1);
  });

  test('answered after it has expired is answered once', async () => {
    const request = await push(payroll);
    const one = new TestBrowser();
    const two = new TestBrowser();
    const [first, second] = [await one.open(request.url), await two.open(request.url)];
    clock.advance(5 * 60_000);
    const [anna, bo] = [await somebody(), await somebody()];
    const otp = await one.submit(first, { username: anna.username, password: PASSWORD });
    expect(answerOf(await one.submit(otp, { code: anna.code() }))['code']).toBeDefined();
    const late = await two.submit(second, { username: bo.username, password: PASSWORD });
    const answer = await two.submit(late, { code: bo.code() });
    expect(answer.location ?? '').not.toContain('code=');
  });

  test('of another client is refused, and stays good for its own', async () => {
    const request = await push(payroll);
    const foreign = new URL(request.url);
    foreign.searchParams.set('client_id', 'other');
    expect(refusal(await new TestBrowser().open(foreign.href))).toBe('invalid_request_uri');
    const arrived = await signIn(new TestBrowser(), request.url, await somebody());
    expect(answerOf(arrived)['code']).toBeDefined();
  });

  test('that has expired is refused', async () => {
    const request = await push(payroll);
    clock.advance(10 * 60_000);
    expect(refusal(await new TestBrowser().open(request.url))).toBe('invalid_request_uri');
  });

  test.each([
    ['http://169.254.169.254/latest/meta-data', 'request_uri_not_supported'],
    ['file:///etc/passwd', 'request_uri_not_supported'],
    ['urn:ietf:params:oauth:request_uri:nothing', 'invalid_request_uri'],
    ['urn:ietf:params:oauth:request_uri:../../x', 'invalid_request_uri'],
  ])('%s is refused', async (uri, error) => {
    const query = new URLSearchParams({ client_id: 'payroll', request_uri: uri });
    const answer = await new TestBrowser().open(`${server.url}/authorize?${query.toString()}`);
    expect(refusal(answer)).toBe(error);
  });

  test('on a canary of ours is never fetched', async () => {
    let calls = 0;
    const canary = createServer((_request, response) => {
      calls += 1;
      response.end();
    });
    await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
    const { port } = canary.address() as AddressInfo;
    const uri = `http://127.0.0.1:${port}/request`;
    const query = new URLSearchParams({ client_id: 'payroll', request_uri: uri });
    await new TestBrowser().open(`${server.url}/authorize?${query.toString()}`);
    expect(calls).toBe(0);
    await closeServer(canary);
  });
});

describe('pushing', () => {
  test('is refused without the client proving itself', async () => {
    const body = await pushable();
    expect((await pushRaw(body)).status).toBe(401);
    const unknown = { ...body, client_id: 'nobody' };
    expect((await pushRaw(unknown, basic('nobody'))).status).toBe(401);
    const wrong = `Basic ${Buffer.from('payroll:wrong').toString('base64')}`;
    expect((await pushRaw(body, wrong)).status).toBe(401);
  });

  test.each([
    [
      'an address that is not registered',
      { redirect_uri: 'https://evil.example/' },
      'invalid_request',
    ],
    ['another client_id', { client_id: 'other' }, 'invalid_request'],
    [
      'a request_uri',
      { request_uri: 'urn:ietf:params:oauth:request_uri:x' },
      'request_uri_not_supported',
    ],
    ['no PKCE', { code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
    ['a request object', { request: 'e30.e30.' }, 'request_not_supported'],
  ])('%s is refused', async (_name, change, error) => {
    const answer = await pushRaw({ ...(await pushable()), ...change }, basic('payroll'));
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { error: string }).error).toBe(error);
  });

  test('a public client may push, and is still held to PKCE', async () => {
    const spa = await OidcClient.discover(server.url, 'spa', { secret: null });
    const request = await push(spa);
    const arrived = await signIn(new TestBrowser(), request.url, await somebody());
    expect((await spa.redeem(request, arrived)).access_token).toBeDefined();
  });
});

test('a relying party that must push is refused anything else', async () => {
  const answer = await new TestBrowser().open((await strict.request()).url);
  expect(answer.location?.startsWith(CALLBACK)).toBe(true);
  expect(answerOf(answer)['error']).toBe('invalid_request');
});
