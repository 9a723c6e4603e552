import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Overloaded } from '../../src/kernel/errors.js';
import { TestBrowser } from '../support/browser.js';
import { OidcClient } from '../support/oidc-client.js';
import { addPerson, PASSWORD } from '../support/people.js';
import { samlParty } from '../support/saml/saml-party.js';
import { SamlClient } from '../support/saml/saml-client.js';
import { oidcParty, startTestServer, type TestServer } from '../support/start-server.js';
import { WsFedClient } from '../support/wsfed/wsfed-client.js';
import { wsFedParty } from '../support/wsfed/wsfed-party.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    relyingParties: [oidcParty('payroll', {}), samlParty('minutes'), wsFedParty('library')],
    // Shared stores are full by their own measure.
    processes: 1,
  });
});
afterAll(() => server.close());

async function fill(): Promise<void> {
  const { store } = server.drawbridge.base;
  for (let length = 1_000_000; length > 10; length /= 10) {
    for (let one = 0; ; one += 1) {
      const value = 'x'.repeat(length);
      const key = `filled:${length}:${one}`;
      const error = await store
        .commit([{ kind: 'set', key, value, ttlMs: 600_000, forAnybody: true }])
        .then(() => null)
        .catch((reason: unknown) => reason);
      if (error === null) continue;
      expect(error).toBeInstanceOf(Overloaded);
      break;
    }
  }
}

test('with the memory full nobody begins, and whoever has begun gets in, stays in and can leave', async () => {
  const payroll = await OidcClient.discover(server.url, 'payroll');
  const minutes = await SamlClient.discover('minutes', server.url);
  const library = new WsFedClient('library', server.url);
  const { person, code } = await addPerson(server.drawbridge, 'lena');
  const browser = new TestBrowser();
  const request = await payroll.request();
  const begun = await browser.open(request.url);
  await fill();

  const begin = [(await payroll.request()).url, await minutes.requestUrl(), library.requestUrl()];
  for (const url of begin) {
    const refused = await new TestBrowser().open(url);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('2');
    expect(refused.body).toContain('DB-701');
  }

  const typed = await browser.submit(begun, { username: person.username, password: PASSWORD });
  const done = await browser.submit(typed, { code: code() });
  const tokens = await payroll.redeem(request, done);
  expect(tokens.claims()?.sub).toBeDefined();
  const home = await browser.open(`${server.url}/account`);
  expect(home.status).toBe(200);
  const left = await browser.submit(home, {}, '/account/sign-out');
  expect(left.status).toBe(200);
  expect((await browser.request(`${server.url}/account`)).status).not.toBe(200);
});
