import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Person } from '../../src/directory/person.js';
import { TestBrowser, type Visit } from '../support/browser.js';
import { mailsAbout } from '../support/mailbox.js';
import { ManualClock } from '../support/manual-clock.js';
import { addPerson } from '../support/people.js';
import { addPhone, numberOn, PIN, upToPhone } from '../support/phones.js';
import { blind } from '../support/reference-authenticator/oprf.js';
import type {
  ReceivedChallenge,
  ReferenceAuthenticator,
} from '../support/reference-authenticator/reference-authenticator.js';
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
async function somebody(): Promise<Person> {
  people += 1;
  return (await addPerson(server.drawbridge, `tess${people}`, { otp: false })).person;
}

interface Waiting {
  person: Person;
  phone: ReferenceAuthenticator;
  browser: TestBrowser;
  page: Visit;
  challenge: ReceivedChallenge;
  number: string;
}

async function waiting(person?: Person, known?: ReferenceAuthenticator): Promise<Waiting> {
  const who = person ?? (await somebody());
  const phone = known ?? (await addPhone(server, who));
  const browser = new TestBrowser();
  const page = await upToPhone(browser, `${server.url}/toy`, who.username);
  const [challenge] = await phone.pending();
  return { person: who, phone, browser, page, challenge: challenge!, number: numberOn(page) };
}

const profileRow = (phone: ReferenceAuthenticator) =>
  server.drawbridge.base.database.db
    .selectFrom('profiles')
    .selectAll()
    .where('id', '=', phone.kept.profile)
    .executeTakeFirstOrThrow();

const WRONG = '700441';

test('3. the right PIN signs the other browser in', async () => {
  const { person, phone, browser, page, challenge, number } = await waiting();
  expect(challenge).toMatchObject({ service: 'Toy box', relyingParty: 'toy-box', digits: 2 });
  const still = await browser.open(page.url);
  expect([still.status, still.url]).toEqual([200, page.url]);
  const answer = await phone.approve(challenge, { number, pin: PIN });
  expect([answer.status, answer.body]).toEqual([200, { state: 'approved' }]);
  const pages = await Promise.all([1, 2, 3].map(() => browser.open(page.url)));
  const arrived = pages.filter(({ body }) => body.includes('"who"'));
  expect(arrived).toHaveLength(1);
  expect(JSON.parse(arrived[0]!.body)).toMatchObject({
    who: person.username,
    amr: ['pwd', 'swk', 'mfa'],
  });
});

test('3. a wrong PIN says nothing more than a wrong number; the fifth locks, and only activation helps', async () => {
  const { person, phone, challenge, number } = await waiting();
  const answers = [];
  for (let attempt = 0; attempt < 5; attempt += 1) {
    answers.push(await phone.approve(challenge, { number, pin: WRONG }));
  }
  expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
  expect(answers[0]?.body).toEqual({ error: 'refused', live: true });
  expect((await phone.approve(challenge, { number, pin: PIN })).status).toBe(423);
  expect((await phone.inbox()).body).toMatchObject({ profile: { state: 'locked' } });
  expect(await mailsAbout(server, person.mail!, /phone of yours is locked/)).toHaveLength(1);
  const again = await addPhone(server, person);
  expect((await again.inbox()).body).toMatchObject({ profile: { state: 'active' } });
  expect((await phone.inbox()).status).toBe(410);
});

test('3. the fifth try may still be right, and gives all strikes back', async () => {
  const { phone, challenge, number } = await waiting();
  for (let attempt = 0; attempt < 4; attempt += 1) {
    await phone.approve(challenge, { number, pin: WRONG });
  }
  expect((await phone.approve(challenge, { number, pin: PIN })).status).toBe(200);
  expect(await profileRow(phone)).toMatchObject({ failures: 0, locked_at: null });
});

test('3. fifty parallel evaluations are five strikes', async () => {
  const { person, phone, challenge } = await waiting();
  const { phoneChallenges, devices } = server.drawbridge.parts.phones;
  const profile = (await devices.usableProfiles(person.id))[0]!;
  const blinded = blind(await phone.input(WRONG), 5n);
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, () => phoneChallenges.evaluate(profile, challenge.id, blinded)),
  );
  expect(outcomes.filter(({ ok }) => ok)).toHaveLength(5);
  expect(await profileRow(phone)).toMatchObject({ failures: 5 });
});

test('4. a hundred forged device signatures cost no strike', async () => {
  const { phone, challenge, number } = await waiting();
  const forger = phone.copy(server.url);
  forger.kept = { ...forger.kept, deviceKey: Buffer.alloc(32, 9) };
  const forged = await Promise.all(
    Array.from({ length: 100 }, () => forger.deny(challenge).then(({ status }) => status)),
  );
  expect(new Set(forged)).toEqual(new Set([401]));
  expect(await profileRow(phone)).toMatchObject({ failures: 0, revoked_at: null });
  expect((await phone.approve(challenge, { number, pin: PIN })).status).toBe(200);
});

test('5. an approval without its second signature, or of anything else than what was asked, is refused', async () => {
  const { person, phone, challenge, number } = await waiting();
  const scalar = async (): Promise<Buffer> => {
    const path = `/challenges/${challenge.id}/evaluate`;
    const evaluated = await phone.evaluate(path, await phone.input(PIN));
    if (!('scalar' in evaluated)) throw new Error(JSON.stringify(evaluated.body));
    return evaluated.scalar;
  };
  const key = await scalar();
  const payload = () => phone.payload(challenge, 'approve', number);
  const send = (texts: { device: string; approval?: string }) => phone.answer(challenge.id, texts);

  const deviceOnly = phone.signed(payload(), null);
  expect((await send(deviceOnly)).status).toBe(400);
  const altered = {
    relyingParty: 'bank',
    service: 'Bank',
    place: 'Elsewhere',
    browser: 'Other',
    nonce: 'AAAAAAAAAAAAAAAAAAAAAA',
    at: challenge.at + 1,
    challenge: 'chl_AAAAAAAAAAAAAAAAAAAAAA',
    profile: 'prf_AAAAAAAAAAAAAAAAAAAAAA',
    seq: 1,
    more: true,
  };
  for (const [name, value] of Object.entries(altered)) {
    const answer = await send(phone.signed({ ...payload(), [name]: value }, key));
    expect([name, answer.status]).toEqual([name, 400]);
  }
  const swapped = phone.signed(payload(), key);
  const { device, approval } = swapped;
  expect((await send({ device: approval!, approval: device })).status).toBe(401);
  const header = (text: string) => Buffer.from(text).toString('base64url');
  for (const alg of ['none', 'HS256', 'ES384']) {
    const { device: text } = phone.signed(payload(), key);
    const kid = `${phone.kept.profile}#device`;
    const other = header(JSON.stringify({ alg, typ: 'drawbridge-approval+jws', kid }));
    const [, ...rest] = text.split('.');
    expect((await send({ device: [other, ...rest].join('.'), approval: 'x' })).status).toBe(401);
  }
  const stranger = await addPhone(server, await somebody());
  const foreign = { ...stranger.payload(challenge, 'approve', number), seq: phone.kept.seq + 1 };
  expect((await send(stranger.signed(foreign, key))).status).toBe(401);
  expect((await stranger.deny(challenge)).status).toBe(404);
  const elsewhere = phone.signed({ ...payload() }, Buffer.alloc(32, 3));
  expect((await send(elsewhere)).body).toEqual({ error: 'refused', live: true });
  // The evaluation is used up by that answer; without another there is nothing to guess with.
  expect((await send(phone.signed(payload(), key))).body).toEqual({ error: 'not_evaluated' });
  await scalar();
  expect((await send(phone.signed(payload(), key))).status).toBe(200);
  expect((await send(phone.signed(payload(), key))).status).toBe(409);
  // What was signed for one request says nothing for the next.
  clock.advance(11 * 60_000);
  const next = await waiting(person, phone);
  const replayed = await phone.answer(next.challenge.id, { device: device, approval: approval! });
  expect(replayed.status).toBe(400);
});

test('6. one wrong number, and the challenge is dead', async () => {
  const { phone, browser, page, challenge, number } = await waiting();
  const other = number === '11' ? '12' : '11';
  const answer = await phone.approve(challenge, { number: other, pin: PIN });
  expect([answer.status, answer.body]).toEqual([403, { error: 'refused', live: false }]);
  expect((await phone.approve(challenge, { number, pin: PIN })).status).toBe(404);
  expect((await browser.open(page.url)).body).toContain('DB-214');
});

test('7. denying needs no PIN, and ends the waiting', async () => {
  const { phone, browser, page, challenge } = await waiting();
  expect((await phone.deny(challenge)).body).toEqual({ state: 'denied' });
  expect(await phone.pending()).toEqual([]);
  const refused = await browser.open(page.url);
  expect(refused.body).toContain('DB-211');
  const again = await browser.submit(refused, { method: 'push' });
  const [next] = await phone.pending();
  const answer = await phone.approve(next!, { number: numberOn(again), pin: PIN });
  expect(answer.status).toBe(200);
  expect((await browser.open(page.url)).body).toContain('"who"');
});

test('7. "it is not me" ends the sign-in, stops prompts, and is told', async () => {
  const { person, phone, browser, page, challenge } = await waiting();
  await phone.deny(challenge, 'not_me');
  const ended = await browser.open(page.url);
  expect([ended.status, ended.body.includes('DB-212')]).toEqual([400, true]);
  const next = await upToPhone(new TestBrowser(), `${server.url}/toy`, person.username);
  expect(next.body).toContain('DB-217');
  expect(await phone.pending()).toEqual([]);
  expect(await mailsAbout(server, person.mail!, /sign-in at .* was stopped/)).toHaveLength(1);
  clock.advance(31 * 60_000);
  expect((await waiting(person, phone)).challenge).toBeDefined();
});

test('an answer counts once: of parallel ones the rest find it used', async () => {
  const { person, phone, challenge, number } = await waiting();
  const path = `/challenges/${challenge.id}/evaluate`;
  const evaluated = await phone.evaluate(path, await phone.input(PIN));
  if (!('scalar' in evaluated)) throw new Error('not evaluated');
  const { phoneChallenges, devices } = server.drawbridge.parts.phones;
  const profile = (await devices.usableProfiles(person.id))[0]!;
  const { seq } = { seq: phone.kept.seq + 1 };
  const { device, approval } = phone.signed(
    phone.payload(challenge, 'approve', number),
    evaluated.scalar,
  );
  const from = { clientAddress: '127.0.0.1' };
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () =>
      phoneChallenges.answer(profile, challenge.id, { device, approval: approval!, seq }, from),
    ),
  );
  expect(outcomes.filter(({ ok }) => ok)).toHaveLength(1);
  const errors = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error]));
  expect(new Set(errors)).toEqual(new Set(['used']));
});

test('16. a flood of challenges is over budget, and a known browser has a budget of its own', async () => {
  const { person, phone, browser, page, challenge, number } = await waiting();
  await phone.approve(challenge, { number, pin: PIN });
  await browser.open(page.url);
  for (let flood = 0; flood < 4; flood += 1) {
    await upToPhone(new TestBrowser(), `${server.url}/toy`, person.username);
  }
  const over = await upToPhone(new TestBrowser(), `${server.url}/toy`, person.username);
  expect(over.body).toContain('DB-217');
  const own = await upToPhone(browser, `${server.url}/toy?force=yes`, person.username);
  expect(numberOn(own)).toMatch(/^\d\d$/);
  // Whoever is not known does not push the owner's request aside.
  clock.advance(11 * 60_000);
});
