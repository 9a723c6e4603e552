import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TestBrowser, formOf, type Visit } from '../support/browser.js';
import { setScene, upToCode, type Scene } from './support/scene.js';
import { rawRequest, statusesOf } from './support/raw-http.js';
import { expectNoTraces, ledger } from './support/ledger.js';

let scene: Scene;
let host: string;
beforeAll(async () => {
  scene = await setScene();
  host = new URL(scene.url).host;
});
afterAll(() => scene.close());

const declared = new Set([200, 204, 303, 400, 401, 403, 404, 405, 413, 414, 415, 429, 431]);

const paths = [
  '/',
  '/account',
  '/account/continue/home',
  '/account/factors/new',
  '/account/factors/otp',
  '/account/factors/remove',
  '/account/password',
  '/account/recovery-codes',
  '/account/sessions/end',
  '/account/sign-out',
  '/account/sign-out-everywhere',
  '/account/signed-out',
  '/assets/x/drawbridge.css',
  '/authorize',
  '/authorize/x',
  '/consent/x',
  '/health/live',
  '/health/ready',
  '/introspect',
  '/jwks',
  '/login/sgn_x',
  '/logout',
  '/logout/confirm/x',
  '/logout/done',
  '/metrics',
  '/password/forgot',
  '/password/forgot/sent',
  '/password/link/x',
  '/revoke',
  '/token',
  '/userinfo',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
];
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'];

const nasty = fc.constantFrom(
  '\0',
  '%00',
  '%',
  '%%',
  '%ff',
  '%ED%A0%80',
  '../',
  '..;/',
  '\\',
  '"><script>',
  "' or 1=1 --",
  '${7*7}',
  '{{7*7}}',
  '\u0000\u0001\u007f',
  '[]',
  '[$ne]',
  '__proto__',
  'constructor',
  '\u202e',
  'é',
  '9'.repeat(400),
  '-1',
  '1e400',
  'null',
  '{"a":',
  ';',
  '=',
  '&',
  ' ',
);
const bytes = fc.oneof(
  nasty,
  fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array).toString('latin1')),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const word = fc.array(bytes, { maxLength: 4 }).map((parts) => parts.join(''));
const name = fc.oneof(
  word,
  fc.constantFrom(
    'client_id',
    'redirect_uri',
    'response_type',
    'scope',
    'claims',
    'prompt',
    'max_age',
    'id_token_hint',
    'grant_type',
    'code',
    'refresh_token',
    'token',
    'client_assertion',
    'csrf',
    'step',
    'username',
    'parked',
    'lang',
    'done',
    'note',
  ),
);
const encoded = (text: string) => encodeURIComponent(Buffer.from(text).toString());
const pairs = fc
  .array(fc.tuple(name, word, fc.boolean()), { maxLength: 6 })
  .map((list) =>
    list.map(([key, value, raw]) =>
      raw ? `${key}=${value}` : `${encoded(key)}=${encoded(value)}`,
    ),
  )
  .map((list) => list.join('&'));

const headerValue = word.map((text) => text.replace(/[^\x20-\x7e\x80-\xff]/g, ''));
const request = fc.record({
  method: fc.constantFrom(...methods),
  path: fc.constantFrom(...paths),
  tail: fc.oneof(
    fc.constant(''),
    word.map(encoded),
    word.map((text) => `/${text}`),
  ),
  query: pairs,
  type: fc.constantFrom(
    'application/x-www-form-urlencoded',
    'application/x-www-form-urlencoded;charset=utf-16',
    'application/json',
    'multipart/form-data; boundary=x',
    'text/plain',
  ),
  body: fc.oneof(pairs, word),
  cookie: headerValue,
  authorization: fc.oneof(
    headerValue,
    headerValue.map((text) => `Basic ${Buffer.from(text, 'latin1').toString('base64')}`),
    headerValue.map((text) => `Bearer ${text}`),
  ),
  language: headerValue,
});

describe('I10: whatever is sent, the answer is one of those that were declared', () => {
  test('any bytes at any endpoint by any method', async () => {
    const before = await ledger(scene);
    const reached = new Set<number | undefined>();
    await fc.assert(
      fc.asyncProperty(request, async (sent) => {
        const target = `${sent.path}${sent.tail}?${sent.query}`.replace(/[^\x21-\x7e]/g, '%20');
        const body = Buffer.from(sent.body, 'latin1');
        const head = [
          `${sent.method} ${target} HTTP/1.1`,
          `Host: ${host}`,
          `Content-Type: ${sent.type}`,
          `Content-Length: ${body.length}`,
          `Cookie: drawbridge-session=${sent.cookie}; drawbridge-browser=${sent.cookie}`,
          `Authorization: ${sent.authorization}`,
          `Accept-Language: ${sent.language}`,
          `Origin: ${sent.language}`,
          'Accept: text/html',
          'Connection: close',
        ].join('\r\n');
        const answer = await rawRequest(
          scene.url,
          `${head}\r\n\r\n${body.toString('latin1')}`,
          5000,
        );
        const statuses = statusesOf(answer);
        expect(statuses).toHaveLength(1);
        expect(declared).toContain(statuses[0]);
        reached.add(statuses[0]);
        expectNoTraces(answer);
      }),
      { numRuns: 600 },
    );
    // The requests got past the door, and to more than one kind of refusal.
    for (const status of [200, 400, 404, 405]) expect(reached).toContain(status);
    expect(await ledger(scene)).toEqual(before);
    expect(scene.server.log.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });

  const fields = fc.dictionary(
    fc.oneof(
      fc.constantFrom('username', 'password', 'code', 'label', 'method', 'cancel', 'consent'),
      fc.stringMatching(/^[a-z_]{1,12}$/),
    ),
    fc.oneof(word, fc.string({ maxLength: 200 })),
    { maxKeys: 5 },
  );

  /** Posts to the form of a page with its own token, so that what is behind the token is reached. */
  async function hold(page: Visit, browser: TestBrowser, runs: number): Promise<void> {
    const { action, hidden } = formOf(page);
    await fc.assert(
      fc.asyncProperty(fields, async (typed) => {
        const body = new URLSearchParams({ ...typed, ...hidden });
        const visit = await browser.request(action, { method: 'POST', body });
        expect(declared).toContain(visit.status);
        expect(visit.location ?? '').not.toMatch(/[?&]code=/);
        expectNoTraces(visit.body);
      }),
      { numRuns: runs },
    );
  }

  test('any fields in the form of each step', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    await hold(await browser.open((await scene.payroll.request()).url), browser, 60);
    const coded = new TestBrowser();
    await hold(await upToCode(coded, (await scene.payroll.request()).url, who), coded, 60);
    const newcomer = await scene.somebody({ otp: false });
    const enrolling = new TestBrowser();
    const page = await upToCode(enrolling, (await scene.payroll.request()).url, newcomer);
    await hold(page, enrolling, 60);
    const asked = await scene.signedIn({ scope: 'openid email' }, scene.planner);
    const forgot = new TestBrowser();
    await hold(await forgot.open(`${scene.url}/password/forgot`), forgot, 40);
    expect(asked.arrived.body).toContain('name="consent"');
    expect(scene.server.log.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });

  test('any fields in the forms of the account', async () => {
    const { browser } = await scene.signedIn();
    for (const path of ['/account/password', '/account/factors/new']) {
      await hold(await browser.open(`${scene.url}${path}`), browser, 40);
    }
    expect(scene.server.log.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });
});
