import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TestBrowser } from '../support/browser.js';
import { ManualClock } from '../support/manual-clock.js';
import { answerOf, OidcClient, signIn } from '../support/oidc-client.js';
import { addPerson } from '../support/people.js';
import { SamlClient, statusOf } from '../support/saml/saml-client.js';
import { samlParty } from '../support/saml/saml-party.js';
import { oidcParty, startTestServer, type TestServer } from '../support/start-server.js';

let server: TestServer;
let intranet: SamlClient;
const clock = new ManualClock(Date.now());
let anna: { username: string; code: () => string };

beforeAll(async () => {
  server = await startTestServer({
    clock,
    relyingParties: [samlParty('intranet'), oidcParty('payroll', {})],
  });
  const { code } = await addPerson(server.drawbridge, 'anna');
  anna = { username: 'anna', code };
  intranet = await SamlClient.discover('intranet', server.url);
});
afterAll(() => server.close());

test('password and code by the Redirect binding; the service reads who it is', async () => {
  const browser = new TestBrowser();
  const page = await signIn(browser, await intranet.requestUrl('deep/link?x=1'), anna);
  const { profile, relayState } = await intranet.receive(page);
  expect(relayState).toBe('deep/link?x=1');
  expect(profile.nameIDFormat).toBe('urn:oasis:names:tc:SAML:2.0:nameid-format:persistent');
  expect(profile.nameID).toMatch(/^[0-9a-f]{40}$/);
});
