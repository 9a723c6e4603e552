import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Secret, TOTP } from 'otpauth';
import { createSecondFactors } from '../../src/factors/second-factors.js';
import { TestBrowser } from '../support/browser.js';
import { ManualClock } from '../support/manual-clock.js';
import { answerOf, OidcClient, signIn } from '../support/oidc-client.js';
import { addPerson, PASSWORD } from '../support/people.js';
import { oidcParty, startTestServer, type TestServer } from '../support/start-server.js';

let server: TestServer;
let payroll: OidcClient;
const clock = new ManualClock(Date.now());

beforeAll(async () => {
  server = await startTestServer({ clock, relyingParties: [oidcParty('payroll', {})] });
  payroll = await OidcClient.discover(server.url, 'payroll');
});
afterAll(() => server.close());

test('whose factors the operator removed sets up a new one, and what the old one opened is over', async () => {
  const { person, code } = await addPerson(server.drawbridge, 'anna');
  const browser = new TestBrowser();
  const { url } = await payroll.request();
  answerOf(await signIn(browser, url, { username: 'anna', code }));
  const interrupted = new TestBrowser();
  const half = await interrupted.submit(await interrupted.open((await payroll.request()).url), {
    username: 'anna',
    password: PASSWORD,
  });

  const factors = createSecondFactors(server.drawbridge.base);
  await server.drawbridge.parts.people.signOutEverywhere(person.id, {}, async (tx) => {
    await factors.removeAll(tx, person);
  });

  const quiet = await payroll.request({ prompt: 'none' });
  expect(answerOf(await browser.open(quiet.url))['error']).toBe('login_required');
  clock.advance(30_000);
  const refused = await interrupted.submit(half, { code: code() });
  expect(refused.location).toBeNull();
  expect(refused.status).toBeGreaterThanOrEqual(400);

  const page = await browser.submit(await browser.open((await payroll.request()).url), {
    username: 'anna',
    password: PASSWORD,
  });
  const secret = /secret=([A-Z2-7]+)/.exec(page.body)?.[1] ?? '';
  expect(secret).not.toBe('');
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  const enrolled = await browser.submit(page, {
    code: totp.generate({ timestamp: clock.now() }),
    label: 'New phone',
  });
  expect(answerOf(enrolled)['code']).toBeDefined();
  expect(await factors.overview(person)).toMatchObject({ apps: [{ label: 'New phone' }] });
});
