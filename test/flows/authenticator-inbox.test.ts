import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mostAttemptsInAll } from '../../src/factors/attempts/lockout.js';
import type { Person } from '../../src/directory/person.js';
import { TestBrowser, type Visit } from '../support/browser.js';
import { mailsAbout, mailsTo } from '../support/mailbox.js';
import { ManualClock } from '../support/manual-clock.js';
import { addPerson } from '../support/people.js';
import { readEvents, type EventReader } from '../support/phone-app/read-events.js';
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

const WRONG = '700441';
let people = 0;
async function somebody(): Promise<{ person: Person; phone: ReferenceAuthenticator }> {
  people += 1;
  const { person } = await addPerson(server.drawbridge, `iris${people}`, { otp: false });
  return { person, phone: await addPhone(server, person) };
}
const upToPush = ({ username }: Person): Promise<Visit> =>
  upToPhone(new TestBrowser(), `${server.url}/toy`, username);
const listen = async (phone: ReferenceAuthenticator): Promise<EventReader> =>
  readEvents(await phone.stream(AbortSignal.timeout(60_000)));

describe('the open app', () => {
  test('learns at once that its profile has locked, and that a right fifth answer has opened it again', async () => {
    const { person, phone } = await somebody();
    const events = await listen(phone);
    const page = await upToPush(person);
    const [challenge] = await phone.pending();
    const answer = (pin: string) => phone.approve(challenge!, { number: numberOn(page), pin });
    for (let attempt = 0; attempt < 4; attempt += 1) await answer(WRONG);
    await answer(PIN);
    await events.until(({ profile, challenges }) => {
      return profile.state === 'active' && challenges.length === 0;
    });
    const again = await upToPush(person);
    const [next] = await phone.pending();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      await phone.approve(next!, { number: numberOn(again), pin: WRONG });
    }
    await events.until(({ profile }) => profile.state === 'locked');
    events.stop();
  });

  test('has a few streams at most: the ninth ends the first', async () => {
    const { phone } = await somebody();
    const streams = [];
    for (let open = 0; open < 9; open += 1) streams.push(await listen(phone));
    await streams[0]!.ended;
    for (const stream of streams) stream.stop();
  });

  test('learns until when codes are not taken, and when they are not taken for good', async () => {
    const { person, phone } = await somebody();
    const { db } = server.drawbridge.base.database;
    const lock = (values: { locked_until: number | null; failures_total: number }) =>
      db.updateTable('otp_credentials').set(values).where('person_id', '=', person.id).execute();
    const codes = async () => (await phone.inbox()).body['profile'];
    expect(await codes()).toMatchObject({ codes: 'enabled', codesLockedUntil: null });
    const until = clock.now() + 60_000;
    await lock({ locked_until: until, failures_total: 7 });
    expect(await codes()).toMatchObject({ codes: 'locked', codesLockedUntil: until });
    clock.advance(60_001);
    expect(await codes()).toMatchObject({ codes: 'enabled', codesLockedUntil: null });
    await lock({ locked_until: null, failures_total: mostAttemptsInAll });
    expect(await codes()).toMatchObject({ codes: 'locked', codesLockedUntil: null });
  });
});

test('whoever uses the strikes up and answers nothing is told of all the same, once the request is over', async () => {
  const { person, phone } = await somebody();
  await upToPush(person);
  const [challenge] = await phone.pending();
  const x = await phone.input(WRONG);
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await phone.evaluate(`/challenges/${challenge!.id}/evaluate`, x);
  }
  const told = async () => {
    const { db } = server.drawbridge.base.database;
    const rows = await db
      .selectFrom('audit_events')
      .select('kind')
      .where('person_id', '=', person.id)
      .where('kind', '=', 'device.locked')
      .execute();
    return rows.length;
  };
  // The fifth may still be answered, and be right.
  expect((await phone.inbox()).body).toMatchObject({ profile: { state: 'locked' } });
  expect(await told()).toBe(0);
  clock.advance(120_001);
  for (let looks = 0; looks < 3; looks += 1) await phone.inbox();
  expect(await told()).toBe(1);
  await mailsAbout(server, person.mail!, /phone of yours is locked/);
  const mails = await mailsTo(server, person.mail!);
  expect(mails.filter(({ subject }) => /locked/.test(subject))).toHaveLength(1);
});
