import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TestBrowser } from '../support/browser.js';
import { failureOnPage } from '../support/failure-on-page.js';
import { signIn } from '../support/oidc-client.js';
import { addPerson, PASSWORD } from '../support/people.js';
import { postedXml, SamlClient } from '../support/saml/saml-client.js';
import { samlParty } from '../support/saml/saml-party.js';
import { startTestServer, type TestServer } from '../support/start-server.js';

const single = { factors: 1, maxAge: null, allowedFactors: null, groups: null } as const;

let server: TestServer;
let browser: TestBrowser;

beforeAll(async () => {
  const party = { policy: single };
  server = await startTestServer({
    relyingParties: [
      samlParty('intranet', { default_relay_state: '/welcome' }, { party }),
      samlParty('strict', { allow_idp_initiated: false }, { party }),
      samlParty('closed', {}, { party: { ...party, enabled: false } }),
      samlParty('strong'),
      samlParty('board', {}, { party: { policy: { ...single, groups: ['board'] } } }),
    ],
  });
  await addPerson(server.drawbridge, 'anna', { otp: false });
  browser = new TestBrowser();
  const page = await browser.open(`${server.url}/saml/start/intranet`);
  const entered = await browser.submit(page, { username: 'anna', password: PASSWORD });
  expect(postedXml(entered)).toContain('<saml:Assertion');
});
afterAll(() => server.close());

/** A service that also takes what it has not asked for. */
const client = (id: string) =>
  SamlClient.discover(id, server.url, { validateInResponseTo: 'never' as never });

test('somebody enters a service unasked by it', async () => {
  const page = await browser.open(`${server.url}/saml/start/intranet`);
  const { profile, relayState } = await (await client('intranet')).receive(page);
  expect(profile.nameID).toMatch(/^[0-9a-f]{40}$/);
  expect(relayState).toBe('/welcome');
  expect(postedXml(page)).not.toContain('InResponseTo');
});

test('with a place of their own to arrive at', async () => {
  const page = await browser.open(
    `${server.url}/saml/start/intranet?RelayState=%2Freports%3Fa%3D1`,
  );
  expect((await (await client('intranet')).receive(page)).relayState).toBe('/reports?a=1');
});

test('the service takes it once: the same policy and the same engine ask for a second factor', async () => {
  const who = { username: 'erik', ...(await addPerson(server.drawbridge, 'erik')) };
  const page = await signIn(new TestBrowser(), `${server.url}/saml/start/strong`, who);
  await (await client('strong')).receive(page);
});

test.each([
  ['strict', 'DB-401', 403],
  ['closed', 'DB-403', 400],
  ['nobody', 'DB-403', 400],
  ['board', 'DB-401', 403],
  [`intranet?RelayState=${'x'.repeat(4097)}`, 'DB-404', 400],
  ['intranet?RelayState=a&RelayState=b', 'DB-404', 400],
  ['intranet?RelayState=%00', 'DB-404', 400],
])('refused: %.40s', async (path, code, status) => {
  const page = await browser.open(`${server.url}/saml/start/${path}`);
  expect(failureOnPage(page)?.code).toBe(code);
  expect(page.status).toBe(status);
});

test('4096 bytes of RelayState go through', async () => {
  const page = await browser.open(
    `${server.url}/saml/start/intranet?RelayState=${'x'.repeat(4096)}`,
  );
  expect((await (await client('intranet')).receive(page)).relayState).toHaveLength(4096);
});

test('it is among my services, but for those that want to be asked first', async () => {
  const { body } = await browser.open(`${server.url}/`);
  expect(body).toContain(`href="${server.url}/saml/start/intranet"`);
  expect(body).not.toContain('/saml/start/strict');
  expect(body).not.toContain('/saml/start/closed');
});

test.each(['/saml/sso', '/saml/start/intranet', '/saml/arrive/x', '/saml/continue/x'])(
  'HEAD and other methods are 405 at %s',
  async (path) => {
    for (const method of ['HEAD', 'PUT', 'DELETE']) {
      const visit = await browser.request(server.url + path, { method });
      expect(visit.status).toBe(405);
      expect(visit.headers.get('allow')).toContain('GET');
    }
  },
);
