import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestBrowser } from '../support/browser.js';
import { CALLBACK } from '../support/oidc-client.js';
import { oidcParty } from '../support/start-server.js';
import { heldBack, setScene, type Scene } from './support/scene.js';
import { changingNothing, expectRefusalPage } from './support/ledger.js';

let scene: Scene;
beforeAll(async () => {
  scene = await setScene({
    relyingParties: [
      oidcParty('two', { redirect_uris: [CALLBACK, 'http://127.0.0.1:7100/second'] }),
      oidcParty('native', {
        client_secret: undefined,
        application_type: 'native',
        redirect_uris: ['http://127.0.0.1/callback', 'com.example.app:/callback'],
      }),
      oidcParty('secure', { redirect_uris: ['https://app.example.org/cb?x=1'] }),
    ],
  });
});
afterAll(() => scene.close());

/** An authorization request with its query changed by hand. */
async function ask(
  change: (query: URLSearchParams) => void,
  raw = '',
): ReturnType<TestBrowser['request']> {
  const url = new URL((await scene.payroll.request()).url);
  change(url.searchParams);
  return new TestBrowser().request(url.href + raw);
}

describe('O1, R43: answers go to registered addresses only, byte for byte', () => {
  test.each([
    ['a trailing slash', `${CALLBACK}/`],
    ['another case in the path', 'http://127.0.0.1:7100/Callback'],
    ['another case in the host', 'HTTP://127.0.0.1:7100/callback'],
    ['another port', 'http://127.0.0.1:7101/callback'],
    ['no port', 'http://127.0.0.1/callback'],
    ['dots, percent-encoded', 'http://127.0.0.1:7100/x/%2e%2e/callback'],
    ['dots behind a semicolon', 'http://127.0.0.1:7100/x/..;/callback'],
    ['user-info', 'http://127.0.0.1:7100@evil.example/callback'],
    ['user-info, twice', 'http://a@@evil.example:7100/callback'],
    ['a fragment', `${CALLBACK}#x`],
    ['an empty fragment', `${CALLBACK}#`],
    ['a backslash', 'http://127.0.0.1:7100\\@evil.example/callback'],
    ['a tab', 'http://127.0.0.1:7100/\tcallback'],
    ['a line end', `${CALLBACK}\n`],
    ['a space in front', ` ${CALLBACK}`],
    ['a homograph', 'http://127.0.0.1:7100/сallback'],
    ['full-width digits', 'http://１２７.0.0.1:7100/callback'],
    ['an address in another spelling', 'http://2130706433:7100/callback'],
    ['localhost instead of the address', 'http://localhost:7100/callback'],
    ['a name that begins like it', 'http://127.0.0.1.evil.example:7100/callback'],
    ['IPv6 with a zone', 'http://[::1%25eth0]:7100/callback'],
    ['a query added', `${CALLBACK}?x=1`],
    ['javascript', 'javascript:alert(1)'],
    ['javascript in mixed case', 'JaVaScRiPt:alert(1)'],
    ['data', 'data:text/html,<script>alert(1)</script>'],
    ['only a slash', '/'],
    ['a NUL', `${CALLBACK}\0`],
    ['10 kB', `${CALLBACK}?${'x'.repeat(10_000)}`],
  ])('B3: redirect_uri variants: %s', async (_name, uri) => {
    const visit = await changingNothing(scene, () =>
      ask((query) => query.set('redirect_uri', uri)),
    );
    expectRefusalPage(visit);
    expect(visit.body).not.toContain('<script>');
  });

  test('B1: an unknown client', async () => {
    for (const id of ['nobody', '', 'PAYROLL', 'payroll ', 'account', '<b>x</b>', 'pay\0roll']) {
      const visit = await changingNothing(scene, () => ask((query) => query.set('client_id', id)));
      expectRefusalPage(visit);
      expect(visit.body).not.toContain('<b>x</b>');
    }
    expectRefusalPage(await ask((query) => query.delete('client_id')));
  });

  test('B2: no redirect_uri where two are registered', async () => {
    const visit = await changingNothing(scene, () =>
      ask((query) => {
        query.set('client_id', 'two');
        query.delete('redirect_uri');
      }),
    );
    expectRefusalPage(visit);
  });

  test.each(['redirect_uri', 'client_id'])('B5: %s twice', async (name) => {
    for (const second of ['https://evil.example/', 'payroll', CALLBACK]) {
      const visit = await changingNothing(scene, () => ask((query) => query.append(name, second)));
      expectRefusalPage(visit);
    }
  });

  test('B3: the port of a native loopback address may differ, nothing else', async () => {
    const native = (uri: string) =>
      ask((query) => {
        query.set('client_id', 'native');
        query.set('redirect_uri', uri);
      });
    expect((await native('http://127.0.0.1:51234/callback')).status).toBe(303);
    expect((await native('com.example.app:/callback')).status).toBe(303);
    for (const uri of [
      'http://127.0.0.1:51234/callback/',
      'http://localhost:51234/callback',
      'http://127.0.0.1.evil.example:51234/callback',
      'http://127.0.0.1:51234@evil.example/callback',
      'https://127.0.0.1:51234/callback',
      'com.example.app://callback',
      'com.example.apple:/callback',
    ]) {
      expectRefusalPage(await native(uri));
    }
  });

  test('I7: an address that is taken out of the registration during a sign-in gets no code', async () => {
    const { registry } = scene.server;
    const before = registry.all();
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const held = await heldBack(browser, (await scene.payroll.request()).url, who);
    registry.replace([
      ...before.filter(({ id }) => id !== 'payroll'),
      oidcParty('payroll', { redirect_uris: ['http://127.0.0.1:7100/elsewhere'] }),
    ]);
    try {
      const visit = await browser.follow(held);
      expect(visit.location).toBeNull();
      expect(visit.status).toBe(400);
    } finally {
      registry.replace(before);
    }
  });

  test('S15: a service that is disabled during a sign-in gets nothing, and is unknown at once', async () => {
    const { registry } = scene.server;
    const before = registry.all();
    const who = await scene.somebody();
    const browser = new TestBrowser();
    const held = await heldBack(browser, (await scene.payroll.request()).url, who);
    registry.replace(
      before.map((party) => (party.id === 'payroll' ? { ...party, enabled: false } : party)),
    );
    try {
      const visit = await browser.follow(held);
      expect(visit.location).toBeNull();
      expect(visit.status).toBe(400);
      expectRefusalPage(await ask(() => {}));
    } finally {
      registry.replace(before);
    }
  });
});

describe('S17, B98: such an address cannot be registered either', () => {
  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'data:text/html,x',
    'http://app.example.org/cb',
    'https://*.example.org/cb',
    'https://user:secret@example.org/cb',
    'https://example.org/cb#x',
    'vbscript:x',
    'file:///etc/passwd',
    'not an address',
  ])('%s', (uri) => {
    expect(() => oidcParty('bad', { redirect_uris: [uri] })).toThrow();
    expect(() => oidcParty('bad', { post_logout_redirect_uris: [uri] })).toThrow();
  });
});
