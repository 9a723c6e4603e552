import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { TestBrowser } from '../support/browser.js';
import { addPerson, PASSWORD } from '../support/people.js';
import { oidcParty, startTestServer, type TestServer } from '../support/start-server.js';

let server: TestServer;
let code: () => string;

beforeAll(async () => {
  server = await startTestServer({ relyingParties: [oidcParty('payroll', {})] });
  ({ code } = await addPerson(server.drawbridge, 'anna'));
});
afterAll(() => server.close());

test('password, code, arrival, and again without being asked', async () => {
  const config = await client.discovery(
    new URL(server.url),
    'payroll',
    'secret-of-payroll-0123456789',
    undefined,
    { execute: [client.allowInsecureRequests] },
  );
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: 'http://127.0.0.1:7100/callback',
    scope: 'openid profile email',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  });
  const browser = new TestBrowser();
  const password = await browser.open(url.href);
  expect(password.body).toContain('name="username"');
  const otp = await browser.submit(password, { username: 'anna', password: PASSWORD });
  expect(otp.body).toContain('name="code"');
  const arrived = await browser.submit(otp, { code: code() });
  expect(arrived.location).toContain('http://127.0.0.1:7100/callback?');
  const tokens = await client.authorizationCodeGrant(config, new URL(arrived.location ?? ''), {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
  });
  expect(tokens.claims()).toMatchObject({
    acr: 'urn:drawbridge:acr:multi-factor',
    amr: ['pwd', 'otp', 'mfa'],
    email: 'anna@example.org',
  });
});
