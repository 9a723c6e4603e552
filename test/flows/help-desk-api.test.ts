import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { readActivationCode } from '../../src/devices/wire/activation-code.js';
import { allScopes, DeskProgram, deskParty, resultsOf } from '../support/help-desk.js';
import { mailsAbout } from '../support/mailbox.js';
import { OidcClient } from '../support/oidc-client.js';
import { addPerson } from '../support/people.js';
import { addPhone, PIN } from '../support/phones.js';
import { ReferenceAuthenticator } from '../support/reference-authenticator/reference-authenticator.js';
import {
  oidcParty,
  startTestServer,
  testConfiguration,
  type TestServer,
} from '../support/start-server.js';

/** With several processes, each request of these stories reaches another one than the request before. */
let server: TestServer;
let desk: DeskProgram;
beforeAll(async () => {
  server = await startTestServer({
    relyingParties: [
      deskParty('desk'),
      deskParty('bound', allScopes, { dpop_bound_access_tokens: true }),
      deskParty('leavers', 'help-desk.revoke'),
      oidcParty('payroll', {}),
    ],
    configuration: (url) => ({
      helpDesk: { protectedGroups: ['administrators'] },
      // The hardest for a code that is issued together with a revocation.
      authenticator: {
        ...testConfiguration(url, 0, '/').authenticator,
        revocationEnds: 'all-sessions',
      },
    }),
  });
  desk = await DeskProgram.start(server.url, 'desk');
});
afterAll(() => server.close());

const auditOf = (person: string) =>
  server.drawbridge.base.database.db
    .selectFrom('audit_events')
    .select(['kind', 'data', 'client_address'])
    .where('person_id', '=', person)
    .orderBy('at')
    .execute();

async function secondSecretOf(mail: string, count = 1): Promise<string> {
  const mails = await mailsAbout(server, mail, /^For adding/, count);
  return /\b(\d{8})\b/.exec(mails.at(-1)?.text ?? '')?.[1] ?? '';
}

describe('a phone for somebody', () => {
  test('is added with a code, a second secret that is mailed only, and digits that are read out', async () => {
    const { person } = await addPerson(server.drawbridge, 'liv', { otp: false });
    const issued = await desk.post('/people/liv/activations');
    expect(issued.status).toBe(201);
    expect(Object.keys(issued.body).sort()).toEqual(['code', 'expires_at', 'link', 'person']);
    expect(issued.body['link']).toMatch(/\/authenticator\/#a=/);
    const secondSecret = await secondSecretOf('liv@example.org');
    expect(secondSecret).not.toBe('');
    expect(JSON.stringify(issued.body)).not.toContain(secondSecret);

    const phone = new ReferenceAuthenticator(server.url);
    const code = readActivationCode(String(issued.body['code'])) ?? '';
    const early = await desk.post('/people/liv/activations/confirm', { fingerprint: '123456' });
    expect([early.status, early.body['code']]).toEqual([409, 'DB-806']);
    await phone.activate(code, PIN, { secondSecret, name: 'Livs mobil' });
    const listed = await desk.get('/people/liv@example.org/devices');
    expect(listed.body).toEqual({ person: 'liv', devices: [], waiting: { name: 'Livs mobil' } });

    const { fingerprint } = phone;
    const confirmed = await desk.post('/people/liv/activations/confirm', { fingerprint });
    expect(confirmed.status).toBe(200);
    expect(confirmed.body['device']).toMatchObject({ id: phone.kept.profile, name: 'Livs mobil' });
    expect((await phone.activationState()).body).toMatchObject({ state: 'active' });
    const again = await desk.post('/people/liv/activations/confirm', { fingerprint });
    expect(again.body['code']).toBe('DB-806');

    const rows = await auditOf(person.id);
    for (const kind of ['device.activation_issued', 'device.added']) {
      const row = rows.find((one) => one.kind === kind);
      expect(JSON.parse(row?.data ?? '{}')).toMatchObject({ by: 'client desk' });
      expect(row?.client_address).not.toBeNull();
    }
  });

  test('that shows other digits is refused, for good', async () => {
    await addPerson(server.drawbridge, 'dag', { otp: false });
    const issued = await desk.post('/people/dag/activations');
    const secondSecret = await secondSecretOf('dag@example.org');
    const phone = new ReferenceAuthenticator(server.url);
    const code = readActivationCode(String(issued.body['code'])) ?? '';
    await phone.activate(code, PIN, { secondSecret });
    const other = phone.fingerprint === '000000' ? '000001' : '000000';
    const wrong = await desk.post('/people/dag/activations/confirm', { fingerprint: other });
    expect([wrong.status, wrong.body['code']]).toEqual([409, 'DB-807']);
    expect((await phone.activationState()).body).toMatchObject({ state: 'refused' });
    const { fingerprint } = phone;
    const right = await desk.post('/people/dag/activations/confirm', { fingerprint });
    expect(right.body['code']).toBe('DB-806');
  });

  test('cannot be added for somebody disabled, nor where no mail reaches them', async () => {
    const { person } = await addPerson(server.drawbridge, 'off', { otp: false });
    await server.drawbridge.parts.people.disable(person.id);
    expect((await desk.post('/people/off/activations')).body).toMatchObject({
      status: 409,
      code: 'DB-104',
      reference: expect.stringMatching(/^.{5}-.{5}$/),
    });
    await server.drawbridge.parts.people.add({ username: 'letter', name: 'By Letter' });
    const unreachable = await desk.post('/people/letter/activations');
    expect([unreachable.status, unreachable.body['code']]).toEqual([409, 'DB-805']);
  });
});

describe('a phone that is lost', () => {
  test('is revoked at once, with a row that says who did it and why, and a mail', async () => {
    const { person } = await addPerson(server.drawbridge, 'ana', { otp: false });
    const phone = await addPhone(server, person, { name: 'Anas mobil' });
    const stream = await phone.stream(AbortSignal.timeout(20_000));
    const path = `/devices/${phone.kept.profile}/revoke`;
    const revoked = await desk.post(path, { reason: 'stolen' });
    expect([revoked.status, revoked.body]).toEqual([
      200,
      { id: phone.kept.profile, person: 'ana', revoked_now: true },
    ]);
    expect(await stream.text()).toContain('event: revoked');
    expect((await phone.inbox()).status).toBe(410);
    expect((await desk.post(path)).body['revoked_now']).toBe(false);
    const rows = (await auditOf(person.id)).filter(({ kind }) => kind === 'device.revoked');
    expect(rows.map(({ data }) => JSON.parse(data ?? '{}') as object)).toEqual([
      expect.objectContaining({ because: 'help-desk', by: 'client desk', stated: 'stolen' }),
    ]);
    await mailsAbout(server, 'ana@example.org', /removed/i);
  });

  test('is replaced in one step: the old one is out, a code for the new one is there', async () => {
    const { person } = await addPerson(server.drawbridge, 'bo', { otp: false });
    const phone = await addPhone(server, person);
    const path = `/devices/${phone.kept.profile}/reactivate`;
    const first = await desk.post(path, { reason: 'replaced' });
    expect(first.status).toBe(201);
    expect((await phone.inbox()).status).toBe(410);
    await secondSecretOf('bo@example.org');
    const second = await desk.post(path);
    expect(second.status).toBe(201);
    const secondSecret = await secondSecretOf('bo@example.org', 2);
    const next = new ReferenceAuthenticator(server.url);
    const code = (answer: typeof first) => readActivationCode(String(answer.body['code'])) ?? '';
    const late = await next.activate(code(first), PIN, { secondSecret });
    expect(late.status).toBe(404);
    const { status } = await next.activate(code(second), PIN, { secondSecret });
    expect(status).toBe(200);
    const { fingerprint } = next;
    const done = await desk.post('/people/bo/activations/confirm', { fingerprint });
    expect(done.status).toBe(200);
  });
});

test('all phones of many people are revoked, each told apart, and again without harm', async () => {
  const phones = [];
  for (const username of ['cia', 'eva']) {
    const { person } = await addPerson(server.drawbridge, username, { otp: false });
    phones.push(await addPhone(server, person), await addPhone(server, person));
  }
  await addPerson(server.drawbridge, 'plain');
  const leavers = await DeskProgram.start(server.url, 'leavers');
  const people = ['cia', 'EVA@example.org', 'cia', 'plain', 'nobody', 'eva'];
  const { status, body } = await leavers.post('/revocations', { people, reason: 'left' });
  expect(status).toBe(200);
  expect(body['results']).toEqual([
    { person: 'cia', result: 'revoked', devices: 2 },
    { person: 'EVA@example.org', result: 'revoked', devices: 2 },
    { person: 'plain', result: 'nothing_to_revoke', devices: 0 },
    { person: 'nobody', result: 'unknown', devices: 0 },
    { person: 'eva', result: 'nothing_to_revoke', devices: 0 },
  ]);
  for (const phone of phones) expect((await phone.inbox()).status).toBe(410);
  const again = await leavers.post('/revocations', { people });
  expect(resultsOf(again).map(({ devices }) => devices)).toEqual(Array(5).fill(0));
});

test('how somebody stands: locks, factors, phones, what happened last', async () => {
  const { person } = await addPerson(server.drawbridge, 'fia');
  const phone = await addPhone(server, person, { name: 'Fias mobil' });
  const { body } = await desk.get('/people/fia');
  expect(body).toMatchObject({
    username: 'fia',
    name: 'Person fia',
    has_mail: true,
    enabled: true,
    disabled_at: null,
    password: { set: true, locked_until: null, locked_for_good: false },
    authenticator_apps: [{ locked_until: null, locked_for_good: false }],
    recovery_codes: null,
    devices: [{ id: phone.kept.profile, name: 'Fias mobil', locked: false, last_used_at: null }],
  });
  const events = body['recent_events'] as { event: string; at: string; reference: string }[];
  expect(events.map(({ event }) => event)).toContain('device.added');
  expect(Date.parse(events[0]?.at ?? '')).not.toBeNaN();
  expect(JSON.stringify(body)).not.toContain('fia@example.org');
  await server.drawbridge.parts.people.disable(person.id);
  expect((await desk.get('/people/fia')).body['enabled']).toBe(false);
});

test('people of protected groups are read about and left alone', async () => {
  const groups = ['staff', 'administrators'];
  const { person } = await addPerson(server.drawbridge, 'root', { groups, otp: false });
  const phone = await addPhone(server, person);
  const profile = phone.kept.profile;
  expect((await desk.get('/people/root')).status).toBe(200);
  for (const [path, body] of [
    ['/people/root/activations', undefined],
    ['/people/root/activations/confirm', { fingerprint: '123456' }],
    [`/devices/${profile}/revoke`, undefined],
    [`/devices/${profile}/reactivate`, undefined],
  ] as const) {
    const refused = await desk.post(path, body);
    expect([refused.status, refused.body['code']]).toEqual([403, 'DB-804']);
  }
  const many = await desk.post('/revocations', { people: ['root'] });
  expect(many.body['results']).toEqual([{ person: 'root', result: 'protected', devices: 0 }]);
  expect((await phone.inbox()).status).toBe(200);
});

test('a client library gets a token bound to its key and uses it', async () => {
  await addPerson(server.drawbridge, 'gun');
  const bound = await OidcClient.discover(server.url, 'bound');
  const DPoP = client.getDPoPHandle(bound.config, await client.randomDPoPKeyPair('ES256'));
  const resource = `${server.url}/api/help-desk`;
  const tokens = await client.clientCredentialsGrant(
    bound.config,
    { resource, scope: 'help-desk.read' },
    { DPoP },
  );
  expect(tokens).toMatchObject({ token_type: 'dpop', scope: 'help-desk.read' });
  const url = new URL(`${resource}/people/gun/devices`);
  const { access_token: token } = tokens;
  const answer = await client.fetchProtectedResource(
    bound.config,
    token,
    url,
    'GET',
    undefined,
    undefined,
    { DPoP },
  );
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { person: 'gun', devices: [], waiting: null },
  ]);
});

test('answers are for the caller alone: not cached, not for other origins, without cookies', async () => {
  await addPerson(server.drawbridge, 'hal');
  const { headers } = await desk.get('/people/hal', {
    cookie: 'drawbridge=1',
    origin: 'https://elsewhere.example',
  });
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('content-type')).toBe('application/json');
  expect([...headers.keys()].filter((name) => /^(access-control|set-cookie)/.test(name))).toEqual(
    [],
  );
});
