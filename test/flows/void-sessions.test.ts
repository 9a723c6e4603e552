import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TestBrowser } from '../support/browser.js';
import { answerOf, OidcClient, signIn } from '../support/oidc-client.js';
import { addPerson, PASSWORD } from '../support/people.js';
import { oidcParty, startTestServer, type TestServer } from '../support/start-server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({
    relyingParties: [
      oidcParty('payroll', {}),
      oidcParty(
        'canteen',
        {},
        { policy: { factors: 1, maxAge: null, allowedFactors: null, groups: null } },
      ),
    ],
  });
});
afterAll(() => server.close());

test('what a void session proved counts for nothing in the next one', async () => {
  const { code, person } = await addPerson(server.drawbridge, 'anna');
  const payroll = await OidcClient.discover(server.url, 'payroll');
  const canteen = await OidcClient.discover(server.url, 'canteen');
  const browser = new TestBrowser();
  const first = await payroll.request();
  await signIn(browser, first.url, { username: 'anna', code: () => code() });
  await server.drawbridge.parts.people.signOutEverywhere(person.id);

  const page = await browser.open((await canteen.request()).url);
  const arrived = await browser.submit(page, { username: 'anna', password: PASSWORD });
  expect(answerOf(arrived)['code']).toBeDefined();

  const quiet = await payroll.request({ prompt: 'none' });
  expect(answerOf(await browser.open(quiet.url))['error']).toBe('login_required');
  const asked = await browser.open(`${server.url}/account`);
  expect(asked.body).toContain('name="code"');
});
