import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readActivationCode } from '../../src/devices/wire/activation-code.js';
import { allScopes, DeskProgram, deskParty, resultsOf } from '../support/help-desk.js';
import { addPerson } from '../support/people.js';
import { addPhone } from '../support/phones.js';
import { startTestServer, type TestServer } from '../support/start-server.js';

/** What has to hold however many processes answer at the same moment: with several, they answer in turn. */
let server: TestServer;
let desk: DeskProgram;
beforeAll(async () => {
  server = await startTestServer({
    relyingParties: [
      deskParty('desk'),
      deskParty('greedy'),
      deskParty('bound', allScopes, { dpop_bound_access_tokens: true }),
    ],
  });
  desk = await DeskProgram.start(server.url, 'desk');
});
afterAll(() => server.close());

const db = () => server.drawbridge.base.database.db;

const liveCodesOf = (username: string) =>
  db()
    .selectFrom('activations')
    .innerJoin('people', 'people.id', 'activations.person_id')
    .select('activations.id')
    .where('people.username', '=', username)
    .where('origin', '=', 'administrator')
    .where('refused_at', 'is', null)
    .where('activations.used_at', 'is', null)
    .execute();

test('of many reactivations at once one code is good, and the phone is out once', async () => {
  const { person } = await addPerson(server.drawbridge, 'ines', { otp: false });
  const phone = await addPhone(server, person);
  const { profile } = phone.kept;
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => desk.post(`/devices/${profile}/reactivate`)),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201));
  const codes = answers.map(({ body }) => readActivationCode(String(body['code'])));
  expect(new Set(codes).size).toBe(10);
  expect((await phone.inbox()).status).toBe(410);
  expect(await liveCodesOf('ines')).toHaveLength(1);
  const rows = await db()
    .selectFrom('audit_events')
    .select('kind')
    .where('kind', '=', 'device.revoked')
    .where('data', 'like', `%${profile}%`)
    .execute();
  expect(rows).toHaveLength(1);
});

test('of many codes asked for at once one is good', async () => {
  await addPerson(server.drawbridge, 'jon', { otp: false });
  await Promise.all(Array.from({ length: 10 }, () => desk.post('/people/jon/activations')));
  expect(await liveCodesOf('jon')).toHaveLength(1);
});

test('the same list several times at once: each phone is revoked once', async () => {
  const { person } = await addPerson(server.drawbridge, 'kim', { otp: false });
  const phones = [await addPhone(server, person), await addPhone(server, person)];
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => desk.post('/revocations', { people: ['kim'] })),
  );
  const counts = answers.map((answer) => resultsOf(answer)[0]?.devices ?? -1);
  expect(counts.reduce((sum, count) => sum + count)).toBe(2);
  for (const phone of phones) expect((await phone.inbox()).status).toBe(410);
});

test('a budget is one for all processes, and lists at once cannot outrun it', async () => {
  const greedy = await DeskProgram.start(server.url, 'greedy');
  const list = () => Array.from({ length: 300 }, () => randomUUID());
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => greedy.post('/revocations', { people: list() })),
  );
  const statuses = answers.map(({ status }) => status).sort();
  expect(statuses).toEqual([200, 200, 200, 429, 429, 429]);
  expect((await desk.post('/revocations', { people: ['nobody'] })).status).toBe(200);
});

test('a proof is good once, whichever process it is shown to', async () => {
  const bound = await DeskProgram.start(server.url, 'bound', { bound: true });
  const dpop = await bound.proofFor('GET', '/people/nobody');
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => bound.get('/people/nobody', { dpop })),
  );
  expect(answers.filter(({ status }) => status === 404)).toHaveLength(1);
  expect(answers.filter(({ body }) => body['code'] === 'DB-801')).toHaveLength(9);
});
