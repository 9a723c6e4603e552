import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Person } from '../../src/directory/person.js';
import { TestBrowser } from '../support/browser.js';
import { addPerson } from '../support/people.js';
import { addPhone, numberOn, PIN, upToPhone } from '../support/phones.js';
import { startTestServer, type TestServer } from '../support/start-server.js';
import { toyParty, toyProtocol } from '../support/toy/toy-protocol.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    relyingParties: [toyParty],
    processes: 1,
    choices: { protocols: [toyProtocol] },
  });
});
afterAll(() => server.close());

let people = 0;
async function somebody(): Promise<Person> {
  people += 1;
  return (await addPerson(server.drawbridge, `tess${people}`, { otp: false })).person;
}

test('an approval on the phone signs the other browser in', async () => {
  const person = await somebody();
  const phone = await addPhone(server, person);
  const browser = new TestBrowser();
  const page = await upToPhone(browser, `${server.url}/toy`, person.username);
  const [challenge] = await phone.pending();
  expect(challenge).toMatchObject({ service: 'Toy box', relyingParty: 'toy-box', digits: 2 });
  const still = await browser.open(page.url);
  expect([still.status, still.url]).toEqual([200, page.url]);
  const answer = await phone.approve(challenge!, { number: numberOn(page), pin: PIN });
  expect([answer.status, answer.body]).toEqual([200, { state: 'approved' }]);
  const arrived = await browser.open(page.url);
  expect(JSON.parse(arrived.body)).toMatchObject({
    who: person.username,
    amr: ['pwd', 'swk', 'mfa'],
  });
});
