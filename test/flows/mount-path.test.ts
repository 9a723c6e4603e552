import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PublicUrl } from '../../src/config/public-url.js';
import { TestBrowser } from '../support/browser.js';
import { OidcClient, signIn } from '../support/oidc-client.js';
import { addPerson } from '../support/people.js';
import { oidcParty, startTestServer, type TestServer } from '../support/start-server.js';

let server: TestServer;
let base: string;

beforeAll(async () => {
  server = await startTestServer({
    relyingParties: [oidcParty('payroll', {})],
    configuration: (url) => ({ publicUrl: new PublicUrl(`${url}/idp`) }),
  });
  base = `${server.url}/idp`;
});
afterAll(() => server.close());

test('everything works below a path: issuer, cookies, links and forms', async () => {
  const { code } = await addPerson(server.drawbridge, 'anna');
  const payroll = await OidcClient.discover(base, 'payroll');
  expect(payroll.config.serverMetadata().issuer).toBe(base);
  const browser = new TestBrowser();
  const request = await payroll.request();
  const arrived = await signIn(browser, request.url, { username: 'anna', code: () => code() });
  expect((await payroll.redeem(request, arrived)).claims()?.iss).toBe(base);
  const cookies = await browser.jar.getCookies(`${base}/`);
  expect(cookies.length).toBeGreaterThan(0);
  for (const cookie of cookies) expect(cookie.path).toMatch(/^\/idp/);
  const account = await browser.open(`${base}/account`);
  expect(account.status).toBe(200);
  expect(account.body).not.toMatch(/(href|action)="\/(?!idp\/)/);
});

test('outside the path there is nothing but health and metrics', async () => {
  expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
  expect((await fetch(`${server.url}/account`, { redirect: 'manual' })).status).toBe(404);
});
