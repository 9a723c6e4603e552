import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TestBrowser } from '../support/browser.js';
import { answerOf, OidcClient } from '../support/oidc-client.js';
import { addPerson } from '../support/people.js';
import { addPhone, numberOn, PIN, upToPhone } from '../support/phones.js';
import { oidcParty, startTestServer, type TestServer } from '../support/start-server.js';

/** With several processes, each request of this story reaches another one than the request before. */
let server: TestServer;
let payroll: OidcClient;
beforeAll(async () => {
  server = await startTestServer({ relyingParties: [oidcParty('payroll', {})] });
  payroll = await OidcClient.discover(server.url, 'payroll');
});
afterAll(() => server.close());

async function events(response: Response, wanted: string): Promise<string> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes(wanted)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`ended before ${wanted}: ${text}`);
    text += value;
  }
  await reader.cancel();
  return text;
}

test('14. stream, waiting page, answer and arrival, wherever each of them is', async () => {
  const { person } = await addPerson(server.drawbridge, 'nora', { otp: false });
  const phone = await addPhone(server, person);
  const stream = await phone.stream(AbortSignal.timeout(20_000));
  const shown = events(stream, '"id":"chl_');
  const browser = new TestBrowser();
  const request = await payroll.request();
  const page = await upToPhone(browser, request.url, 'nora');
  await shown;
  const cookie = await browser.jar.getCookieString(page.url);
  const changes = await fetch(`${page.url}/changes`, { headers: { cookie } });
  const changed = events(changes, 'event: changed');
  const [challenge] = await phone.pending();
  const answer = await phone.approve(challenge!, { number: numberOn(page), pin: PIN });
  expect(answer.status).toBe(200);
  await changed;
  const arrived = await browser.open(page.url);
  expect(answerOf(arrived)['code']).toBeDefined();
  const tokens = await payroll.redeem(request, arrived);
  expect(tokens.claims()).toMatchObject({ amr: ['pwd', 'swk', 'mfa'] });
});
