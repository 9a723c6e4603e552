import { PassThrough } from 'node:stream';
import { writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { deviceCommands } from '../../src/cli/device-commands.js';
import { personCommands } from '../../src/cli/person-commands.js';
import { runCommand } from '../../src/cli/run-command.js';
import { readActivationCode } from '../../src/devices/wire/activation-code.js';
import { addPerson } from '../support/people.js';
import { addPhone, PIN } from '../support/phones.js';
import { ReferenceAuthenticator } from '../support/reference-authenticator/reference-authenticator.js';
import { startTestServer, type TestServer } from '../support/start-server.js';

const key = Buffer.alloc(32, 5);
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    relyingParties: [],
    processes: 1,
    configuration: { encryptionKeys: { current: key, previous: [] } },
  });
  await mkdir(join(server.folder, 'relying-parties'));
  await writeFile(
    join(server.folder, 'drawbridge.yaml'),
    `public_url: ${server.url}
database: { file: drawbridge.sqlite }
encryption_key: ${key.toString('base64')}
relying_parties: []
`,
  );
});
afterAll(() => server.close());

/** As the command would, in another process than the server's. */
async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await runCommand([...deviceCommands, ...personCommands], args, {
    stdin: new PassThrough(),
    stdout,
    stderr,
    env: { DRAWBRIDGE_CONFIG: join(server.folder, 'drawbridge.yaml') },
    cwd: server.folder,
  });
  const text = (stream: PassThrough) => String(stream.read() ?? '');
  return { code, out: text(stdout), err: text(stderr) };
}

test('a code, a second secret, six digits read over the phone, and the phone is in force', async () => {
  const { person } = await addPerson(server.drawbridge, 'liv', { otp: false });
  const issued = await run('device', 'activation', 'liv');
  expect(issued.code).toBe(0);
  const code = readActivationCode(/Code +(\S+)/.exec(issued.out)?.[1] ?? '') ?? '';
  const secondSecret = /Second secret +(\d{8})/.exec(issued.out)?.[1] ?? '';
  const phone = new ReferenceAuthenticator(server.url);
  expect((await run('device', 'confirm', 'liv', '123456')).code).toBe(1);
  await phone.activate(code, PIN, { secondSecret, name: 'Livs mobil' });
  const confirmed = await run('device', 'confirm', 'liv', phone.fingerprint);
  expect([confirmed.code, confirmed.err]).toEqual([0, '']);
  expect((await phone.activationState()).body).toMatchObject({ state: 'active' });
  const listed = await run('device', 'list', person.mail ?? '');
  expect(listed.out).toMatch(new RegExp(`^${phone.kept.profile}  Livs mobil, since .*never used`));
  expect((await run('person', 'show', 'liv')).out).toContain('Livs mobil');
});

test('other digits: the phone that waits is refused', async () => {
  await addPerson(server.drawbridge, 'dag', { otp: false });
  const { out } = await run('device', 'activation', 'dag');
  const code = readActivationCode(/Code +(\S+)/.exec(out)?.[1] ?? '') ?? '';
  const secondSecret = /Second secret +(\d{8})/.exec(out)?.[1] ?? '';
  const phone = new ReferenceAuthenticator(server.url);
  await phone.activate(code, PIN, { secondSecret });
  const other = phone.fingerprint === '000000' ? '000001' : '000000';
  expect((await run('device', 'confirm', 'dag', other)).code).toBe(1);
  expect((await phone.activationState()).body).toMatchObject({ state: 'refused' });
});

test('revoking one, and all of several people, reaches open streams', async () => {
  const phones = [];
  for (const username of ['ana', 'bea']) {
    const { person } = await addPerson(server.drawbridge, username, { otp: false });
    phones.push(await addPhone(server, person), await addPhone(server, person));
  }
  const stream = await phones[0]!.stream(AbortSignal.timeout(20_000));
  const one = await run('device', 'revoke', phones[0]!.kept.profile);
  expect([one.code, one.err]).toEqual([0, '']);
  expect(await stream.text()).toContain('event: revoked');
  expect((await phones[1]!.inbox()).status).toBe(200);
  const all = await run('device', 'revoke', '--all', 'ana', 'bea', 'nobody');
  expect(all.code).toBe(1);
  expect(all.out).toContain('ana: phones revoked: 1');
  expect(all.out).toContain('bea: phones revoked: 2');
  expect(all.err).toContain('There is no nobody');
  for (const phone of phones) expect((await phone.inbox()).status).toBe(410);
  expect((await run('device', 'revoke', phones[0]!.kept.profile)).code).toBe(1);
  expect((await run('device', 'revoke')).code).toBe(2);
});

test('reactivating one takes it out of use and issues a code', async () => {
  const { person } = await addPerson(server.drawbridge, 'una', { otp: false });
  const phone = await addPhone(server, person);
  const { profile } = phone.kept;
  const done = await run('device', 'reactivate', profile);
  expect([done.code, done.err]).toEqual([0, '']);
  expect(readActivationCode(/Code +(\S+)/.exec(done.out)?.[1] ?? '')).not.toBeNull();
  expect((await phone.inbox()).status).toBe(410);
  expect((await run('device', 'reactivate', 'prf_nothing')).code).toBe(1);
  expect((await run('device', 'reactivate')).code).toBe(2);
});

test('removing all second factors takes the phones too', async () => {
  const { person } = await addPerson(server.drawbridge, 'cia');
  const phone = await addPhone(server, person);
  const removed = await run('person', 'remove-factors', 'cia', '--confirm');
  expect(removed.out).toMatch(/authenticator apps: 1, recovery codes: 0, phones: 1/);
  expect((await phone.inbox()).status).toBe(410);
});
