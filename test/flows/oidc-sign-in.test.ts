import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { TestBrowser } from '../support/browser.js';
import { ManualClock } from '../support/manual-clock.js';
import { answerOf, OidcClient, signIn } from '../support/oidc-client.js';
import { addPerson } from '../support/people.js';
import { oidcParty, startTestServer, type TestServer } from '../support/start-server.js';

let server: TestServer;
let payroll: OidcClient;
let wiki: OidcClient;
const clock = new ManualClock(Date.now());
let anna: { username: string; code: () => string };
let erik: { username: string; code: () => string };

beforeAll(async () => {
  server = await startTestServer({
    clock,
    relyingParties: [
      oidcParty('payroll', {}),
      oidcParty(
        'wiki',
        { id_token_signed_response_alg: 'RS256' },
        {
          policy: { factors: 1, maxAge: null, allowedFactors: null, groups: null },
        },
      ),
    ],
  });
  const people = await Promise.all(
    ['anna', 'erik'].map(async (username) => ({
      username,
      ...(await addPerson(server.drawbridge, username)),
    })),
  );
  // Every code is used once, so each sign-in types the code of a later half-minute.
  [anna, erik] = people.map(({ username, code }) => ({
    username,
    code: () => {
      clock.advance(30_000);
      return code();
    },
  })) as [typeof anna, typeof erik];
  payroll = await OidcClient.discover(server.url, 'payroll');
  wiki = await OidcClient.discover(server.url, 'wiki');
});
afterAll(() => server.close());

test('password and code give an id_token that says what was proved', async () => {
  const browser = new TestBrowser();
  const request = await payroll.request();
  const arrived = await signIn(browser, request.url, anna);
  expect(answerOf(arrived)['iss']).toBe(server.url);
  const tokens = await payroll.redeem(request, arrived);
  expect(tokens.claims()).toMatchObject({
    acr: 'urn:drawbridge:acr:multi-factor',
    amr: ['pwd', 'otp', 'mfa'],
    email: 'anna@example.org',
    name: 'Person anna',
  });
  const info = await client.fetchUserInfo(
    payroll.config,
    tokens.access_token,
    tokens.claims()?.sub ?? '',
  );
  expect(info.email).toBe('anna@example.org');
});

test('a second service is entered without being asked, with the algorithm it wants', async () => {
  const browser = new TestBrowser();
  await signIn(browser, (await payroll.request()).url, anna);
  const request = await wiki.request();
  const arrived = await browser.open(request.url);
  const tokens = await wiki.redeem(request, arrived);
  expect(
    JSON.parse(Buffer.from(tokens.id_token?.split('.')[0] ?? '', 'base64url').toString()),
  ).toMatchObject({ alg: 'RS256' });
});

describe('prompt and max_age', () => {
  test('prompt=none: code with a session, login_required without', async () => {
    const browser = new TestBrowser();
    const first = await payroll.request({ prompt: 'none' });
    expect(answerOf(await browser.open(first.url))['error']).toBe('login_required');
    await signIn(browser, (await payroll.request()).url, anna);
    const second = await payroll.request({ prompt: 'none' });
    expect(answerOf(await browser.open(second.url))['code']).toBeDefined();
  });

  test('prompt=login asks again for both and the time is new', async () => {
    const browser = new TestBrowser();
    await signIn(browser, (await payroll.request()).url, anna);
    clock.advance(120_000);
    const request = await payroll.request({ prompt: 'login' });
    const arrived = await signIn(browser, request.url, anna);
    const tokens = await payroll.redeem(request, arrived);
    expect(tokens.claims()?.['auth_time']).toBeGreaterThanOrEqual(
      Math.floor(clock.now() / 1000) - 60,
    );
  });

  test('max_age asks again once the sign-in is older', async () => {
    const browser = new TestBrowser();
    await signIn(browser, (await payroll.request()).url, anna);
    clock.advance(60_000);
    const fresh = await payroll.request({ max_age: '300' });
    expect(answerOf(await browser.open(fresh.url))['code']).toBeDefined();
    clock.advance(300_000);
    const stale = await payroll.request({ max_age: '300', prompt: 'none' });
    expect(answerOf(await browser.open(stale.url))['error']).toBe('login_required');
    const asked = await payroll.request({ max_age: '300' });
    const arrived = await signIn(browser, asked.url, anna);
    expect((await payroll.redeem(asked, arrived)).claims()?.['auth_time']).toBeDefined();
  });

  test('max_age=0 ends after one sign-in', async () => {
    const browser = new TestBrowser();
    const request = await payroll.request({ max_age: '0' });
    expect(answerOf(await signIn(browser, request.url, anna))['code']).toBeDefined();
  });
});

describe('step-up and acr', () => {
  test('one factor where one is enough, the second when a service demands it', async () => {
    const browser = new TestBrowser();
    const request = await wiki.request();
    const page = await browser.open(request.url);
    const arrived = await browser.submit(page, { username: 'anna', password: PASSWORD_OF_ALL });
    expect((await wiki.redeem(request, arrived)).claims()).toMatchObject({
      acr: 'urn:drawbridge:acr:single-factor',
      amr: ['pwd'],
    });
    const strong = await payroll.request({ prompt: 'none' });
    expect(answerOf(await browser.open(strong.url))['error']).toBe('login_required');
    const stepUp = await payroll.request();
    const code = await browser.open(stepUp.url);
    expect(code.body).toContain('name="code"');
    const done = await browser.submit(code, { code: anna.code() });
    expect((await payroll.redeem(stepUp, done)).claims()).toMatchObject({
      amr: ['pwd', 'otp', 'mfa'],
    });
  });

  test('an acr that is asked for is reached and named; one nobody knows is refused', async () => {
    const browser = new TestBrowser();
    const request = await wiki.request({ acr_values: 'https://refeds.org/profile/mfa' });
    const arrived = await signIn(browser, request.url, anna);
    expect((await wiki.redeem(request, arrived)).claims()?.['acr']).toBe(
      'https://refeds.org/profile/mfa',
    );
    const impossible = await wiki.request({
      claims: JSON.stringify({ id_token: { acr: { essential: true, value: 'urn:nobody' } } }),
    });
    expect(answerOf(await browser.open(impossible.url))['error']).toBe(
      'unmet_authentication_requirements',
    );
  });
});

test('prompt=select_account lets somebody else name themselves', async () => {
  const browser = new TestBrowser();
  await signIn(browser, (await payroll.request()).url, anna);
  const request = await payroll.request({ prompt: 'select_account' });
  const arrived = await signIn(browser, request.url, erik);
  expect((await payroll.redeem(request, arrived)).claims()?.['email']).toBe('erik@example.org');
});

test('the page speaks the language the service asks for', async () => {
  const { url } = await payroll.request({ ui_locales: 'sv-FI en' });
  const page = await new TestBrowser().open(url);
  expect(page.body).toContain('<html lang="sv">');
  const odd = await payroll.request({ ui_locales: '../../etc' });
  expect((await new TestBrowser().open(odd.url)).body).toContain('<html lang="en">');
});

test('somebody else signs in over a session: the new session is theirs alone', async () => {
  const browser = new TestBrowser();
  await signIn(browser, (await payroll.request()).url, anna);
  const request = await payroll.request({ prompt: 'login' });
  const arrived = await signIn(browser, request.url, erik);
  expect((await payroll.redeem(request, arrived)).claims()?.['email']).toBe('erik@example.org');
  const again = await payroll.request({ prompt: 'none' });
  const quiet = await payroll.redeem(again, await browser.open(again.url));
  expect(quiet.claims()?.['email']).toBe('erik@example.org');
});

test('an id_token_hint of somebody else is not answered with this session', async () => {
  const browser = new TestBrowser();
  const request = await payroll.request();
  const arrived = await signIn(browser, request.url, anna);
  const tokens = await payroll.redeem(request, arrived);
  const other = new TestBrowser();
  await signIn(other, (await payroll.request()).url, erik);
  const hinted = await payroll.request({ prompt: 'none', id_token_hint: tokens.id_token ?? '' });
  expect(answerOf(await other.open(hinted.url))['error']).toBe('login_required');
});

const PASSWORD_OF_ALL = 'correct horse battery staple 7';
