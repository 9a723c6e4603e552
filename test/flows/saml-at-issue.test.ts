import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Person } from '../../src/directory/person.js';
import { TestBrowser, type Visit } from '../support/browser.js';
import { failureOnPage } from '../support/failure-on-page.js';
import { addPerson, PASSWORD } from '../support/people.js';
import { postedXml, SamlClient, statusOf } from '../support/saml/saml-client.js';
import { samlParty } from '../support/saml/saml-party.js';
import { startTestServer, type TestServer } from '../support/start-server.js';

const board = { factors: 1, maxAge: null, allowedFactors: null, groups: ['board'] } as const;

let server: TestServer;
let minutes: SamlClient;
let people = 0;

beforeAll(async () => {
  server = await startTestServer({
    relyingParties: [
      samlParty('minutes', { attributes: { name: 'name' } }, { party: { policy: board } }),
      samlParty('mail', { name_id: 'email' }, { party: { policy: board } }),
    ],
  });
  minutes = await SamlClient.discover('minutes', server.url);
});
afterAll(() => server.close());

/** Somebody has proved who they are; what is left is the GET that fetches the assertion. */
async function upToArrival(service = minutes) {
  people += 1;
  const username = `member${people}`;
  const options = { otp: false, groups: ['board'] };
  const { person } = await addPerson(server.drawbridge, username, options);
  const browser = new TestBrowser();
  const page = await browser.open(await service.requestUrl());
  const left = await browser.post(page, { username, password: PASSWORD });
  return { person, browser, left };
}

async function told(person: Person): Promise<number> {
  const rows = await server.drawbridge.base.database.db
    .selectFrom('audit_events')
    .select('reference')
    .where('kind', '=', 'assertion.issued')
    .where('person_id', '=', person.id)
    .execute();
  return rows.length;
}

const parts = () => server.drawbridge.parts;

test.each(['minutes', 'mail'])(
  'out of the group while signing in to %s: denied, and nothing is told',
  async (id) => {
    const { person, browser, left } = await upToArrival(await SamlClient.discover(id, server.url));
    await parts().people.update(person.id, { groups: ['staff'] });
    expect(statusOf(await browser.follow(left))).toEqual(['Responder', 'RequestDenied']);
    expect(await told(person)).toBe(0);
  },
);

test('disabled while signing in: nothing is told', async () => {
  const { person, browser, left } = await upToArrival();
  await parts().people.disable(person.id);
  expect(statusOf(await browser.follow(left))).toEqual(['Responder', 'AuthnFailed']);
  expect(await told(person)).toBe(0);
});

test('renamed while signing in: the service is told the new name', async () => {
  const { person, browser, left } = await upToArrival();
  await parts().people.update(person.id, { name: 'By Another Name' });
  expect(postedXml(await browser.follow(left))).toContain('>By Another Name<');
  expect(await told(person)).toBe(1);
});

test('signed out while signing in: nothing is told', async () => {
  const { person, browser, left } = await upToArrival();
  for (const session of await parts().sessions.ofPerson(person.id)) {
    await parts().sessions.end(session);
  }
  expect(statusOf(await browser.follow(left))).toEqual(['Responder', 'AuthnFailed']);
});

test('everything voided while signing in: nothing is told', async () => {
  const { person, browser, left } = await upToArrival();
  await parts().people.signOutEverywhere(person.id);
  expect(statusOf(await browser.follow(left))).toEqual(['Responder', 'AuthnFailed']);
});

test('fetched twice at once: one assertion', async () => {
  const { browser, left } = await upToArrival();
  const pages = await Promise.all(
    Array.from({ length: 6 }, () => browser.request(left.location ?? '')),
  );
  const issued = pages.filter((page) => failureOnPage(page) === null && hasAssertion(page));
  expect(issued).toHaveLength(1);
  const others = pages.filter((page) => !issued.includes(page));
  expect(others.map((page) => failureOnPage(page)?.code)).toEqual(Array(5).fill('DB-301'));
});

test('the same request at once from two windows: one goes on', async () => {
  const { browser, left } = await upToArrival();
  await browser.follow(left);
  const url = await minutes.requestUrl();
  const pages = await Promise.all(Array.from({ length: 6 }, () => browser.request(url)));
  expect(pages.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400, 400]);
});

const hasAssertion = (page: Visit) => postedXml(page).includes('<saml:Assertion');
