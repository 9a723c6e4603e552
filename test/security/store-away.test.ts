import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DependencyUnavailable } from '../../src/kernel/errors.js';
import { TestBrowser } from '../support/browser.js';
import { OidcClient, signIn } from '../support/oidc-client.js';
import { addPerson } from '../support/people.js';
import { oidcParty, startTestServer, type TestServer } from '../support/start-server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({ relyingParties: [oidcParty('payroll', {})] });
});
afterAll(() => server.close());

async function refresh(refreshToken: string): Promise<Response> {
  const secret = Buffer.from('payroll:secret-of-payroll-0123456789').toString('base64');
  return fetch(`${server.url}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${secret}` },
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken }),
  });
}

test('F2: a refresh token that could not be answered for lack of a store may be used again, once', async () => {
  const { code } = await addPerson(server.drawbridge, 'anna');
  const payroll = await OidcClient.discover(server.url, 'payroll');
  const request = await payroll.request({ scope: 'openid offline_access' });
  const who = { username: 'anna', code: () => code() };
  const arrived = await signIn(new TestBrowser(), request.url, who);
  const { refresh_token: first = '' } = await payroll.redeem(request, arrived);

  const { store } = server.drawbridge.base;
  const commit = store.commit.bind(store);
  store.commit = () => Promise.reject(new DependencyUnavailable('the store'));
  const refused = await refresh(first);
  store.commit = commit;
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).not.toBeNull();

  expect((await refresh(first)).status).toBe(200);
  expect((await refresh(first)).status).toBe(400);
});
