import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SignJWT, UnsecuredJWT, base64url } from 'jose';
import { TestBrowser, type Visit } from '../support/browser.js';
import { answerOf, signIn } from '../support/oidc-client.js';
import { PASSWORD } from '../support/people.js';
import { oidcParty } from '../support/start-server.js';
import { setScene, type Scene } from './support/scene.js';
import { changingNothing, expectErrorAtClient, expectRefusalPage } from './support/ledger.js';

let scene: Scene;
/** Counts whatever the server might be talked into calling. */
let canary: Server;
let calls = 0;
let canaryUrl: string;

beforeAll(async () => {
  scene = await setScene({
    relyingParties: [
      oidcParty('query-only', { response_modes: ['query'] }),
      oidcParty('no-offline', { scope: 'openid profile', grant_types: ['authorization_code'] }),
    ],
  });
  canary = createServer((_request, response) => {
    calls += 1;
    response.end('{}');
  });
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
  canaryUrl = `http://127.0.0.1:${(canary.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  await new Promise((resolve) => canary.close(resolve));
  await scene.close();
});

/** A request with parameters set, or taken out (`null`). */
async function ask(
  change: Record<string, string | null>,
  options: { browser?: TestBrowser; clientId?: string } = {},
): Promise<{ visit: Visit; request: { url: string } }> {
  const url = new URL((await scene.payroll.request()).url);
  if (options.clientId !== undefined) url.searchParams.set('client_id', options.clientId);
  for (const [name, value] of Object.entries(change)) {
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  }
  const browser = options.browser ?? new TestBrowser();
  const visit = await changingNothing(scene, () => browser.request(url.href));
  return { visit, request: { url: url.href } };
}

async function expectError(
  change: Record<string, string | null>,
  error: string | string[],
  options: Parameters<typeof ask>[1] = {},
): Promise<Visit> {
  const { visit, request } = await ask(change, options);
  expectErrorAtClient(visit, error, request);
  return visit;
}

describe('requests that no code comes of', () => {
  test.each(['token', 'id_token', 'code token', 'code id_token token', 'none', 'x', 'CODE', '0'])(
    'B7, R46: response_type %s => unsupported_response_type',
    async (type) => {
      const { visit } = await ask({ response_type: type });
      const answer = new URL(visit.location ?? 'missing:');
      const error = new URLSearchParams(answer.search || answer.hash.slice(1)).get('error');
      expect(error).toBe('unsupported_response_type');
      expect(visit.location).toContain('http://127.0.0.1:7100/callback');
    },
  );

  test('B7: no response_type', async () => {
    await expectError({ response_type: null }, 'invalid_request');
  });

  test.each<[string, Record<string, string | null>]>([
    ['no challenge', { code_challenge: null, code_challenge_method: null }],
    ['plain', { code_challenge_method: 'plain' }],
    ['no method, which means plain', { code_challenge_method: null }],
    ['an unknown method', { code_challenge_method: 'S512' }],
    ['a method in another case', { code_challenge_method: 's256' }],
    ['a challenge of 42 characters', { code_challenge: 'a'.repeat(42) }],
    ['a challenge of 129 characters', { code_challenge: 'a'.repeat(129) }],
    ['a challenge that is not ASCII', { code_challenge: 'å'.repeat(43) }],
    ['a challenge with characters of no challenge', { code_challenge: `${'a'.repeat(42)}=` }],
    ['a challenge and no method for it', { code_challenge: null }],
  ])('B8, R48: PKCE: %s => invalid_request', async (_name, change) => {
    await expectError(change, 'invalid_request');
  });

  test.each(['fragment', 'form_post', 'form_post.jwt', 'web_message', 'x'])(
    'B9, R51: response_mode %s where it is not allowed => invalid_request, in the default mode',
    async (mode) => {
      await expectError(
        { response_mode: mode },
        ['fragment', 'form_post'].includes(mode) ? 'invalid_request' : 'unsupported_response_mode',
        { clientId: 'query-only' },
      );
    },
  );

  test('B11: prompt=none with another, an unknown prompt', async () => {
    await expectError({ prompt: 'none login' }, 'invalid_request');
    await expectError({ prompt: 'none consent' }, 'invalid_request');
    await expectError({ prompt: 'everything' }, 'invalid_request');
  });

  test.each(['-1', 'abc', '1.5', '1e99', '99999999999999999999', 'NaN'])(
    'max_age=%s => invalid_request',
    async (value) => {
      await expectError({ max_age: value }, 'invalid_request');
    },
  );

  test('B13: an essential acr that cannot be reached => error, no code, before and after signing in', async () => {
    const claims = JSON.stringify({ id_token: { acr: { essential: true, values: ['urn:x'] } } });
    await expectError({ claims }, 'unmet_authentication_requirements');
    const { browser } = await scene.signedIn();
    await expectError({ claims }, 'unmet_authentication_requirements', { browser });
  });

  test.each([
    ['unknown', 'openid everything'],
    ['10 kB', `openid ${'x'.repeat(10_000)}`],
    ['not allowed for this client', 'openid email'],
    ['of offline access, not allowed', 'openid offline_access'],
  ])('B17: scope %s', async (name, scope) => {
    const { visit, request } = await ask({ scope }, { clientId: 'no-offline' });
    if (visit.location?.startsWith(scene.url) === true) {
      // Scopes nobody knows are left out of what is granted (OpenID Connect Core 1.0, 3.1.2.1).
      expect(['unknown', '10 kB', 'of offline access, not allowed']).toContain(name);
    } else expectErrorAtClient(visit, 'invalid_scope', request);
  });

  test.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['a text', '"x"'],
    ['null', 'null'],
    ['nothing in it', '{}'],
    ['lists inside', '{"id_token":[]}'],
  ])('B22: the claims parameter is %s => invalid_request', async (_name, claims) => {
    await expectError({ claims }, 'invalid_request');
  });

  test('B22: the claims parameter 1,000 deep => invalid_request', async () => {
    const claims = `{"id_token":{"x":${'{"x":'.repeat(1000)}1${'}'.repeat(1000)}}}`;
    const request = await scene.payroll.request({ claims });
    const browser = new TestBrowser();
    // By POST, since a query is not long enough for it.
    const parked = await browser.request(`${scene.url}/authorize`, {
      method: 'POST',
      body: new URL(request.url).searchParams,
    });
    const visit = await changingNothing(scene, () => browser.follow(parked));
    expectErrorAtClient(visit, 'invalid_request', request);
  });

  test('B22: names of the language in claims change nothing', async () => {
    for (const claims of [
      '{"id_token":{"__proto__":{"admin":true}},"__proto__":{"userinfo":{"email":null}}}',
      '{"id_token":{"constructor":{"prototype":{"admin":true}},"acr":null}}',
      '{"id_token":{"acr":{"essential":true,"values":[null,1,{}]}}}',
      '{"id_token":{"acr":"x","sub":"x"},"userinfo":{"toString":null}}',
      '{"id_token":{"acr":{"essential":true,"values":"urn:x"}}}',
      '{"id_token":{"acr":{"essential":true,"values":5}}}',
    ]) {
      const { visit } = await ask({ claims });
      expect([303, 400]).toContain(visit.status);
      expect(visit.location ?? '').not.toContain('code=');
      expect(visit.location ?? '').not.toContain('server_error');
    }
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  test.each([
    'scope',
    'state',
    'nonce',
    'response_type',
    'prompt',
    'code_challenge',
    'code_challenge_method',
    'claims',
    'max_age',
    'id_token_hint',
    'login_hint',
    'acr_values',
    'ui_locales',
    'response_mode',
  ])('O2: %s twice => invalid_request', async (name) => {
    const { url } = await scene.payroll.request();
    const visit = await changingNothing(scene, () =>
      new TestBrowser().request(`${url}&${name}=x&${name}=y`),
    );
    const answer = visit.location === null ? null : new URL(visit.location);
    if (answer === null) expectRefusalPage(visit);
    else {
      expect(answer.origin).toBe('http://127.0.0.1:7100');
      expect(answer.searchParams.get('error')).toBe('invalid_request');
    }
  });
});

describe('B15, B16: requests by value and by reference', () => {
  test('request objects: none, nested, signed by nobody', async () => {
    const now = Math.floor(Date.now() / 1000);
    const inner = { client_id: 'payroll', redirect_uri: 'https://evil.example/', iss: 'payroll' };
    const none = new UnsecuredJWT({ ...inner, aud: scene.url })
      .setExpirationTime(now + 60)
      .encode();
    let nested = none;
    for (let depth = 0; depth < 10; depth += 1) {
      nested = new UnsecuredJWT({ ...inner, request: nested }).encode();
    }
    const hs = await new SignJWT({ ...inner, aud: 'elsewhere' })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(base64url.decode('c2VjcmV0LW9mLXBheXJvbGwtMDEyMzQ1Njc4OQ'));
    for (const request of [none, nested, hs, '{"client_id":"payroll"}', '..', 'x'.repeat(5000)]) {
      const visit = await expectError({ request }, [
        'request_not_supported',
        'invalid_request_object',
      ]);
      expect(visit.location).not.toContain('evil.example');
    }
  });

  test('request_uri is never fetched', async () => {
    for (const uri of [
      canaryUrl,
      'http://169.254.169.254/latest/meta-data',
      'file:///etc/passwd',
      'urn:ietf:params:oauth:request_uri:of-another-client',
      'https://localhost/x#y',
    ]) {
      await expectError({ request_uri: uri }, ['request_uri_not_supported', 'invalid_request_uri']);
    }
    await expectError({ registration: '{}' }, ['registration_not_supported']);
    expect(calls).toBe(0);
  });
});

describe('B10: prompt=none', () => {
  test('without a session, with one too weak, too old or of somebody else => login_required', async () => {
    await expectError({ prompt: 'none' }, 'login_required');
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const page = await browser.open((await scene.wiki.request()).url);
    await browser.submit(page, { username: who.username, password: PASSWORD });
    await expectError({ prompt: 'none' }, ['login_required', 'interaction_required'], { browser });

    const strong = await scene.signedIn();
    scene.clock.advance(20 * 60_000);
    await expectError({ prompt: 'none', max_age: '600' }, 'login_required', {
      browser: strong.browser,
    });
    scene.clock.advance(31 * 60_000);
    await expectError({ prompt: 'none' }, 'login_required', { browser: strong.browser });
  });
});

describe('B14: hints at a person', () => {
  test('an id_token of another person, issuer or algorithm', async () => {
    const other = await scene.signedIn();
    const tokens = await scene.payroll.redeem(other.request, other.arrived);
    const { browser } = await scene.signedIn();
    const hint = tokens.id_token ?? '';
    await expectError({ prompt: 'none', id_token_hint: hint }, 'login_required', { browser });
    const [head = '', body = ''] = hint.split('.');
    const none = `${base64url.encode('{"alg":"none"}')}.${body}.`;
    const hs = await new SignJWT(JSON.parse(Buffer.from(body, 'base64url').toString()))
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode('secret-of-payroll-0123456789'));
    for (const forged of [none, hs, `${head}.${body}.AAAA`, `${head}.${body}`, 'x', 'a.b.c.d.e']) {
      const answers = ['invalid_request', 'login_required'];
      await expectError({ prompt: 'none', id_token_hint: forged }, answers, { browser });
    }
  });

  test('a sub claim of another person, and one that is nobody', async () => {
    const other = await scene.signedIn();
    const { browser } = await scene.signedIn();
    for (const value of [other.who.id, 'nobody', 'per_nobody', '', '1', 'x'.repeat(300)]) {
      const claims = JSON.stringify({ id_token: { sub: { value } } });
      await expectError({ prompt: 'none', claims }, ['login_required', 'invalid_request'], {
        browser,
      });
    }
  });

  test('with a hint only that person arrives', async () => {
    const first = await scene.signedIn();
    const tokens = await scene.payroll.redeem(first.request, first.arrived);
    const other = await scene.somebody();
    const request = await scene.payroll.request({ id_token_hint: tokens.id_token ?? '' });
    const browser = new TestBrowser();
    const page = await browser.open(request.url);
    const ended = await browser.submit(page, { username: other.username, password: PASSWORD });
    expect(ended.location).toBeNull();
    expect(ended.body).not.toContain('name="code"');
  });
});

describe('text from outside', () => {
  test('B23: HTML in login_hint is escaped', async () => {
    const browser = new TestBrowser();
    const hint = `"><script>alert(1)</script><img src=x onerror=alert(1)>'`;
    const page = await browser.open((await scene.payroll.request({ login_hint: hint })).url);
    expect(page.status).toBe(200);
    expect(page.body).not.toContain('<script>alert');
    expect(page.body).not.toContain('<img src=x');
    expect(page.body).toContain('&quot;&gt;&lt;script&gt;');
  });

  test.each([
    '../../etc/passwd',
    '../../',
    'sv/../en',
    '__proto__',
    'x'.repeat(5000),
    '%00',
    'en\0',
  ])('B24: ui_locales %s is ignored', async (value) => {
    const browser = new TestBrowser();
    const page = await browser.open((await scene.payroll.request({ ui_locales: value })).url);
    expect(page.status).toBe(200);
    expect(page.body).toContain('name="username"');
  });

  test('O3: a state of any text comes back as it was, in a query and in a form, and breaks out of neither', async () => {
    const states = [
      `"/><script>alert(1)</script>`,
      `x" formaction="https://evil.example/`,
      'a\r\nSet-Cookie: drawbridge-session=x\r\n\r\n<html>',
      `'&amp;&quot;&#39;<>`,
      '</form><form action=https://evil.example/>',
      '\u2028\u0085é漢😀',
    ];
    for (const state of states) {
      const { browser, arrived } = await scene.signedIn({ state });
      expect(answerOf(arrived)['state']).toBe(state);
      expect(arrived.headers.get('location')).not.toMatch(/[\r\n]/);
      expect(arrived.headers.getSetCookie().join()).not.toContain('drawbridge-session=x');
      const posted = await scene.payroll.request({ state, response_mode: 'form_post' });
      const form = await browser.open(posted.url);
      expect(form.body.match(/<form/g)).toHaveLength(1);
      expect(form.body).not.toMatch(/<script>|formaction="https/);
      expect(form.headers.get('content-security-policy')).not.toContain('unsafe-inline');
      const value = /name="state" value="([^"]*)"/.exec(form.body)?.[1] ?? '';
      expect(unescaped(value)).toBe(state.replace(/\r\n/g, '\r\n'));
    }
  });

  test('R54: 303 after the password, iss in the answer, no CORS, no referrer', async () => {
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const { url } = await scene.payroll.request();
    const start = await browser.request(url, { headers: { origin: 'https://evil.example' } });
    expect(start.headers.get('access-control-allow-origin')).toBeNull();
    const arrived = await signIn(browser, url, who);
    expect(arrived.status).toBe(303);
    expect(answerOf(arrived)['iss']).toBe(scene.url);
    const page = await new TestBrowser().open(url);
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    const preflight = await fetch(`${scene.url}/authorize`, {
      method: 'OPTIONS',
      headers: { origin: 'http://127.0.0.1:7100', 'access-control-request-method': 'GET' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('B19: a query of 64 kB => 4xx', async () => {
    const { url } = await scene.payroll.request();
    const answer = await fetch(`${url}&x=${'x'.repeat(64 * 1024)}`, { redirect: 'manual' });
    expect([400, 414, 431]).toContain(answer.status);
  });

  test('B21: a JSON body, another charset, a body in two readings', async () => {
    const post = (type: string, body: string) =>
      fetch(`${scene.url}/authorize`, {
        method: 'POST',
        headers: { 'content-type': type },
        body,
        redirect: 'manual',
      });
    const form = 'application/x-www-form-urlencoded';
    expect((await post('application/json', '{"client_id":"payroll"}')).status).toBe(415);
    expect((await post('text/plain', 'client_id=payroll')).status).toBe(415);
    expect((await post(`${form};charset=utf-7`, 'client_id=payroll')).status).toBe(415);
    expect((await post('multipart/form-data; boundary=x', '--x--')).status).toBe(415);
    expect((await post(form, 'client_id=a&client_id=b')).status).toBe(400);
    expect((await post(form, 'client_id[]=a')).status).toBe(400);
    expect((await post(form, 'client_id=%ED%A0%80')).status).toBe(400);
    expect((await post(form, `state=${'x'.repeat(70_000)}`)).status).toBe(413);
  });
});

describe('parked requests', () => {
  const park = async () => {
    const { url } = await scene.payroll.request();
    return fetch(`${scene.url}/authorize`, {
      method: 'POST',
      body: new URL(url).searchParams,
      redirect: 'manual',
    });
  };

  test('a handle works once, for its own endpoint, and what else stands in the query counts for nothing', async () => {
    const handle = new URL(
      (await park()).headers.get('location') ?? '',
      scene.url,
    ).searchParams.get('parked');
    const at = (path: string) => new TestBrowser().request(`${scene.url}${path}`);
    expectRefusalPage(await at(`/authorize?parked=${'A'.repeat(22)}&client_id=payroll`));
    const logout = await at(`/logout?parked=${handle}`);
    expect(logout.status).toBeLessThan(500);
    const evil = '&client_id=wiki&redirect_uri=https%3A%2F%2Fevil.example%2F';
    const page = await new TestBrowser().open(`${scene.url}/authorize?parked=${handle}${evil}`);
    expect(page.body).toContain('Service payroll');
    expectRefusalPage(await at(`/authorize?parked=${handle}`));
  });

  test('of twenty browsers that follow one handle one is let in', async () => {
    const location = (await park()).headers.get('location') ?? '';
    const visits = await Promise.all(
      Array.from({ length: 20 }, () => new TestBrowser().request(`${scene.url}${location}`)),
    );
    expect(visits.filter(({ status }) => status === 303)).toHaveLength(1);
  });
});

const unescaped = (text: string) =>
  text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');
