import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestBrowser } from '../support/browser.js';
import { mailsAbout } from '../support/mailbox.js';
import { until } from '../support/services/until.js';
import { setScene, upToCode, type Scene } from './support/scene.js';
import { rawRequest, statusesOf } from './support/raw-http.js';
import { ledger } from './support/ledger.js';

let scene: Scene;
let host: string;
beforeAll(async () => {
  scene = await setScene();
  host = new URL(scene.url).host;
});
afterAll(() => scene.close());

const get = (path: string, headers: Record<string, string> = {}, version = '1.1') =>
  rawRequest(
    scene.url,
    `GET ${path} HTTP/${version}\r\n${Object.entries({ Host: host, ...headers })
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}Connection: close\r\n\r\n`,
  );

const DISCOVERY = '/.well-known/openid-configuration';

describe('B74: who we are does not depend on what a request says', () => {
  test.each([
    'evil.example',
    '127.0.0.1',
    'localhost',
    'localhost:1',
    'LOCALHOST.evil.example',
    '',
  ])('Host: %s => 400, and the name appears nowhere', async (name) => {
    for (const path of ['/', DISCOVERY, '/authorize?client_id=payroll', '/account']) {
      const answer = await get(path, { Host: name });
      expect(statusesOf(answer)).toEqual([400]);
      if (name !== '') expect(answer.split('\r\n\r\n')[1]).not.toContain('evil');
    }
  });

  test('two Host headers, or none => 400', async () => {
    const end = 'Connection: close\r\n\r\n';
    for (const hosts of [
      `Host: ${host}\r\nHost: evil.example\r\n`,
      `Host: evil.example\r\nHost: ${host}\r\n`,
      '',
    ]) {
      const answer = await rawRequest(scene.url, `GET ${DISCOVERY} HTTP/1.1\r\n${hosts}${end}`);
      expect(answer).not.toMatch(/"token_endpoint":"http:\/\/evil/);
      expect(statusesOf(answer).every((status) => status === 400 || status === 200)).toBe(true);
    }
    const old = await rawRequest(scene.url, `GET ${DISCOVERY} HTTP/1.0\r\n\r\n`);
    expect(statusesOf(old)).toEqual([400]);
  });

  test('forwarded headers of anybody change no address that we name', async () => {
    const spoofed = {
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Port': '444',
      'X-Forwarded-For': '1.2.3.4',
      'X-Original-URL': '/metrics',
      'X-Rewrite-URL': '/metrics',
      'X-Forwarded-Prefix': '/evil',
      Forwarded: 'host=evil.example;proto=https',
    };
    for (const path of [DISCOVERY, '/', '/password/forgot']) {
      const plain = await get(path);
      const answer = await get(path, spoofed);
      expect(answer).not.toContain('evil');
      expect(statusesOf(answer)).toEqual(statusesOf(plain));
    }
    const { url } = await scene.payroll.request();
    const visit = await fetch(url, { headers: spoofed, redirect: 'manual' });
    expect(visit.headers.get('location')).toMatch(/^\/login\//);
    expect(visit.headers.getSetCookie().join()).not.toMatch(/evil|secure/i);
  });

  test('an absolute address in the request line names no host either', async () => {
    for (const target of [
      `http://evil.example${DISCOVERY}`,
      `https://evil.example:444${DISCOVERY}`,
    ]) {
      const answer = await get(target);
      expect(answer).not.toMatch(/:\/\/evil/);
    }
    const { url } = await scene.payroll.request();
    const { pathname, search } = new URL(url);
    const start = await get(`http://evil.example${pathname}${search}`);
    expect(start).not.toMatch(/:\/\/evil/);
    const lost = await get('http://evil.example/nowhere');
    expect(lost).not.toMatch(/:\/\/evil/);
  });

  test('R42: links in mails use the configured address', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser({ headers: { 'x-forwarded-host': 'evil.example' } });
    const page = await browser.open(`${scene.url}/password/forgot`);
    await browser.post(page, { username: who.username });
    const { database } = scene.server.drawbridge.base;
    const issued = () => database.db.selectFrom('one_time_links').select('id_hash').execute();
    await until(async () => (await issued()).length > 0);
    const mails = await mailsAbout(scene.server, `${who.username}@example.org`, /./, 1);
    expect(JSON.stringify(mails)).not.toContain('evil');
    expect(JSON.stringify(mails)).toContain(`${scene.url}/password/link/`);
  });
});

describe('B105: one request is one request', () => {
  const forge = async (head: string, body = '') => {
    const before = await ledger(scene);
    const answer = await rawRequest(scene.url, `${head}\r\n\r\n${body}`);
    expect(await ledger(scene)).toEqual(before);
    return answer;
  };
  const smuggled = `GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n`;

  test.each<[string, string[], string]>([
    [
      'length and chunks',
      ['Content-Length: 5', 'Transfer-Encoding: chunked'],
      `0\r\n\r\n${smuggled}`,
    ],
    ['two lengths', ['Content-Length: 5', 'Content-Length: 60'], smuggled],
    ['a length with a sign', ['Content-Length: +5'], smuggled],
    ['a length in hex', ['Content-Length: 0x5'], smuggled],
    ['chunks, misspelt', ['Transfer-Encoding: xchunked'], `0\r\n\r\n${smuggled}`],
    [
      'chunks with a tab',
      ['Transfer-Encoding:\tchunked', 'Content-Length: 3'],
      `0\r\n\r\n${smuggled}`,
    ],
    ['a space before the colon', ['Content-Length : 60'], smuggled],
    ['a folded header', ['X-Folded: a', ' b: c'], ''],
    ['a bare line feed', ['X-A: b\nTransfer-Encoding: chunked'], `0\r\n\r\n${smuggled}`],
    ['a NUL in a header', ['X-A: b\0c'], ''],
  ])('%s => 400 and nothing behind it is answered', async (_name, headers, body) => {
    const head = [
      'POST /token HTTP/1.1',
      `Host: ${host}`,
      'Content-Type: application/x-www-form-urlencoded',
      ...headers,
    ].join('\r\n');
    const answer = await forge(head, body);
    const [first] = statusesOf(answer);
    expect(first === undefined || first === 400).toBe(true);
    expect(statusesOf(answer).length).toBeLessThanOrEqual(1);
    expect(answer).not.toContain('smuggled');
  });

  test('headers beyond measure => 431, and the next request is served', async () => {
    const answer = await get('/', { 'X-Long': 'x'.repeat(200_000) });
    expect(statusesOf(answer)).toEqual([431]);
    expect(statusesOf(await get('/'))).toEqual([200]);
  });
});

describe('B106: methods', () => {
  const paths = ['/', '/authorize', '/token', '/account', '/login/sgn_x', '/logout', '/assets/x/y'];

  test.each(['TRACE', 'CONNECT', 'PUT', 'DELETE', 'PATCH', 'PROPFIND'])(
    '%s => 405',
    async (method) => {
      for (const path of paths) {
        const answer = await rawRequest(
          scene.url,
          `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nX-Canary: reflected\r\nConnection: close\r\n\r\n`,
        );
        expect(answer).not.toContain('reflected');
        const statuses = statusesOf(answer);
        // Node closes the connection of a CONNECT that nobody serves.
        if (method === 'CONNECT') expect(statuses).toEqual([]);
        else expect(statuses).toHaveLength(1);
        expect(statuses.every((status) => status === 405 || status === 404)).toBe(true);
      }
    },
  );

  test('a method in a header, a field or the query is no method', async () => {
    const { browser, who } = await scene.signedIn();
    const sessions = () => scene.server.drawbridge.parts.sessions.ofPerson(who.id as never);
    for (const path of [
      '/account/sign-out',
      '/account/sign-out-everywhere',
      '/account/sessions/end',
    ]) {
      const visit = await browser.request(`${scene.url}${path}?_method=POST`, {
        headers: { 'x-http-method-override': 'POST', 'x-method-override': 'POST' },
      });
      expect(visit.status).toBe(404);
    }
    const posted = await browser.request(`${scene.url}/account?_method=DELETE`, {
      method: 'POST',
      headers: { 'x-http-method-override': 'DELETE' },
      body: new URLSearchParams({ _method: 'DELETE' }),
    });
    expect([400, 404, 405]).toContain(posted.status);
    expect(await sessions()).toHaveLength(1);
  });

  test('HEAD answers as GET without a body, and changes nothing', async () => {
    for (const path of ['/', '/password/forgot', DISCOVERY, '/jwks', '/health/live']) {
      const [head, whole] = await Promise.all([
        fetch(`${scene.url}${path}`, { method: 'HEAD' }),
        fetch(`${scene.url}${path}`),
      ]);
      expect([path, head.status]).toEqual([path, whole.status]);
      expect(await head.text()).toBe('');
    }
  });
});

describe('B108, B109: every page of a sign-in', () => {
  test('may be framed by nobody, kept by nobody, and runs no script from a text', async () => {
    const { browser } = await scene.signedIn();
    const who = await scene.somebody();
    const stranger = new TestBrowser();
    const password = await stranger.open((await scene.payroll.request()).url);
    const otp = await upToCode(new TestBrowser(), (await scene.payroll.request()).url, who);
    const pages = [
      password,
      otp,
      await stranger.submit(password, { username: who.username, password: 'wrong password' }),
      await browser.open(`${scene.url}/`),
      await browser.open(`${scene.url}/account`),
      await browser.open(`${scene.url}/account/password`),
      await browser.open(`${scene.url}/account/factors/new`),
      await browser.open(`${scene.url}/logout`),
      await stranger.open(`${scene.url}/password/forgot`),
      await stranger.open(`${scene.url}/password/link/x`),
      await stranger.open(`${scene.url}/nowhere`),
      await stranger.open(`${scene.url}/authorize?client_id=nobody`),
      await browser.open((await scene.payroll.request({ response_mode: 'form_post' })).url),
    ];
    for (const page of pages) {
      const policy = page.headers.get('content-security-policy') ?? '';
      expect([page.url, policy]).toEqual([
        page.url,
        expect.stringContaining("frame-ancestors 'none'"),
      ]);
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/unsafe|\*/);
      expect(page.headers.get('x-frame-options')).toBe('DENY');
      expect(page.headers.get('cache-control')).toContain('no-store');
      expect(page.headers.get('referrer-policy')).toBe('no-referrer');
      expect(page.headers.get('x-content-type-options')).toBe('nosniff');
      expect(page.headers.get('x-powered-by')).toBeNull();
      expect(page.headers.get('server')).toBeNull();
      expect(page.body).not.toMatch(/<script(?![^>]* src=)|\son\w+=|javascript:/i);
    }
  });

  test('answers with tokens, and redirects on the way to them, are kept by nobody', async () => {
    const { browser, arrived } = await scene.signedIn();
    const quiet = await browser.request((await scene.payroll.request()).url);
    for (const visit of [arrived, quiet]) {
      expect(visit.headers.get('cache-control')).toContain('no-store');
    }
    const info = await fetch(`${scene.url}/userinfo`, { headers: { authorization: 'Bearer x' } });
    expect(info.headers.get('cache-control')).toContain('no-store');
  });
});

describe('static files', () => {
  test('nothing outside of them is read', async () => {
    for (const path of [
      '/assets/../package.json',
      '/assets/%2e%2e/package.json',
      '/assets/x/..%2f..%2fpackage.json',
      '/assets/x/....//package.json',
      '/assets/x/..%5c..%5cpackage.json',
      '/assets/x/%00',
      '/assets/x/constructor',
      '/assets/x/__proto__',
      '/views/home.eta',
      '/.git/config',
      '/drawbridge.sqlite',
    ]) {
      const answer = await get(path);
      expect([path, statusesOf(answer)[0]]).toEqual([path, expect.any(Number)]);
      expect([400, 404]).toContain(statusesOf(answer)[0]);
      expect(answer).not.toMatch(/"dependencies"|\[core\]|layout\(/);
    }
  });
});
