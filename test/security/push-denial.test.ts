import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Person } from '../../src/directory/person.js';
import { TestBrowser, type Visit } from '../support/browser.js';
import { ManualClock } from '../support/manual-clock.js';
import { addPerson } from '../support/people.js';
import { addPhone, numberOn, PIN, upToPhone } from '../support/phones.js';
import type { ReferenceAuthenticator } from '../support/reference-authenticator/reference-authenticator.js';
import { startTestServer, type TestServer } from '../support/start-server.js';
import { toyParty, toyProtocol } from '../support/toy/toy-protocol.js';

const clock = new ManualClock(Date.now());
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    relyingParties: [toyParty],
    processes: 1,
    clock,
    choices: { protocols: [toyProtocol] },
  });
});
afterAll(() => server.close());

let people = 0;
interface Owner {
  person: Person;
  phone: ReferenceAuthenticator;
  browser: TestBrowser;
}
/** Somebody who has signed in here before. */
async function owner(): Promise<Owner> {
  people += 1;
  const { person } = await addPerson(server.drawbridge, `owner${people}`, { otp: false });
  const phone = await addPhone(server, person);
  const browser = new TestBrowser();
  await signsIn({ person, phone, browser });
  return { person, phone, browser };
}

async function signsIn({ person, phone, browser }: Owner): Promise<void> {
  const page = await upToPhone(browser, `${server.url}/toy?force=yes`, person.username);
  const [challenge] = await phone.pending();
  const answer = await phone.approve(challenge!, { number: numberOn(page), pin: PIN });
  expect([answer.status, answer.body]).toEqual([200, { state: 'approved' }]);
  const arrived = await browser.open(page.url);
  expect(arrived.body).toContain(`"who":"${person.username}"`);
}

/** Somebody who has the password and no browser that is known. */
const attacker = ({ person }: Owner): Promise<Visit> =>
  upToPhone(new TestBrowser(), `${server.url}/toy`, person.username);

describe('M8: somebody with the password cannot keep the owner from being asked', () => {
  test('by using the budget up', async () => {
    const victim = await owner();
    for (let flood = 0; flood < 6; flood += 1) await attacker(victim);
    expect((await attacker(victim)).body).toContain('DB-217');
    await signsIn(victim);
  });

  test('by asking while the owner waits', async () => {
    const victim = await owner();
    clock.advance(21 * 60_000);
    const { browser, phone, person } = victim;
    const page = await upToPhone(browser, `${server.url}/toy?force=yes`, person.username);
    for (let flood = 0; flood < 3; flood += 1) {
      expect((await attacker(victim)).body).toContain('DB-217');
    }
    const [challenge] = await phone.pending();
    const answer = await phone.approve(challenge!, { number: numberOn(page), pin: PIN });
    expect(answer.status).toBe(200);
    expect((await browser.open(page.url)).body).toContain('"who"');
  });

  test('by making the owner say that it was somebody else', async () => {
    const victim = await owner();
    await attacker(victim);
    const [challenge] = await victim.phone.pending();
    await victim.phone.deny(challenge!, 'not_me');
    expect((await attacker(victim)).body).toContain('DB-217');
    expect(await victim.phone.pending()).toEqual([]);
    await signsIn(victim);
  });
});

test('M8: a known browser in other hands is silenced too, and so are all others', async () => {
  const victim = await owner();
  const { browser, phone, person } = victim;
  await upToPhone(browser, `${server.url}/toy?force=yes`, person.username);
  const [challenge] = await phone.pending();
  await phone.deny(challenge!, 'not_me');
  const again = await upToPhone(browser, `${server.url}/toy?force=yes`, person.username);
  expect(again.body).toContain('DB-217');
  expect((await attacker(victim)).body).toContain('DB-217');
  clock.advance(31 * 60_000);
  await signsIn(victim);
});

test('B69: twenty sign-ins at once make three requests, one of them alive', async () => {
  people += 1;
  const { person } = await addPerson(server.drawbridge, `owner${people}`, { otp: false });
  const phone = await addPhone(server, person);
  const rung = server.drawbridge.parts.phones.desk;
  const pages = await Promise.all(
    Array.from({ length: 20 }, () => attacker({ person, phone, browser: new TestBrowser() })),
  );
  const asked = pages.filter(({ body }) => /<p class="digits"/.test(body));
  expect(asked.length).toBeLessThanOrEqual(3);
  const [challenge, more] = await phone.pending();
  expect([more, (await rung.find(challenge!.id as never))?.state.kind]).toEqual([
    undefined,
    'live',
  ]);
});
