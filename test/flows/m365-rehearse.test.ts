import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  federateExample,
  seededPerson,
  seedPeople,
  type SeededPerson,
} from '../support/microsoft-365/seeded-people.js';
import { PASSWORD } from '../support/people.js';
import { install, type Installation, type ServerProcess } from '../support/server-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** The command as an operator runs it, beside the server as it is started. */
const folder = temporaryFolder();
let installation: Installation;
let server: ServerProcess;
let people: SeededPerson[];

beforeAll(async () => {
  installation = await install(folder.path);
  federateExample(folder.path);
  people = [0, 1, 2, 3].map(seededPerson);
  people.push({ ...seededPerson(4), objectGuid: null });
  people.push({ ...seededPerson(5), upn: 'else@other.example' });
  await seedPeople(installation, folder.path, people);
  server = installation.start();
  await server.ready();
}, 120_000);
afterAll(async () => {
  await server.kill('SIGTERM');
});

const rehearse = (...args: string[]) => installation.command('m365', 'rehearse', ...args);
const rowOf = (table: string, person: string) =>
  table.split('\n').filter((line) => line.startsWith(person));
const credentialsOf = (
  name: string,
  change: (one: Record<string, string>) => object,
  ...of: number[]
) => {
  const all = JSON.parse(readFileSync(join(folder.path, 'credentials.yaml'), 'utf8')) as Record<
    string,
    string
  >[];
  writeFileSync(
    join(folder.path, name),
    JSON.stringify(of.map((index) => change(all[index] ?? {}))),
    { mode: 0o600 },
  );
  return join(folder.path, name);
};

test('who has credentials is signed in by both protocols, for the others it is computed', async () => {
  const file = credentialsOf('two.yaml', (one) => one, 0, 1);
  const { code, stdout, stderr } = await rehearse('--credentials', file);
  const first = rowOf(stdout, 'person00000@');
  expect(first).toHaveLength(5);
  for (const row of first) expect(row).toMatch(/\d\d passed$/);
  expect(rowOf(stdout, 'person00001@')).toEqual([
    expect.stringMatching(/SAML unsigned-2024 +\d\d passed$/),
    expect.stringMatching(/WS-Fed plain +\d\d passed$/),
  ]);
  expect(rowOf(stdout, 'person00002@')).toEqual([
    expect.stringMatching(
      /computed, unsigned +\d passed +NameID ELina62d0UGAtAAAAAAAAg==, issuer http/,
    ),
  ]);
  expect(rowOf(stdout, 'person00004@')).toEqual([
    expect.stringMatching(/FAILED +AADSTS90020 +There is one ImmutableID/),
  ]);
  expect(stdout).not.toContain('other.example');
  expect(code).toBe(1);
  expect(stdout).toMatch(/The signature is true +7 +0/);
  for (const secret of [PASSWORD, people[0]?.totpSecret ?? '']) {
    expect(stdout + stderr).not.toContain(secret);
  }
  expect(stdout).not.toMatch(/ds:Signature|SAMLResponse=|<saml/);
}, 60_000);

test('a tenant with another certificate and other people is seen before the switch', async () => {
  const settings = join(folder.path, 'settings.json');
  writeFileSync(
    settings,
    JSON.stringify({
      issuerUri: installation.url,
      passiveSignInUri: `${installation.url}/saml/sso`,
      preferredAuthenticationProtocol: 'saml',
      signingCertificate: 'MIIB',
    }),
  );
  const users = join(folder.path, 'users.json');
  const there = [
    {
      UserPrincipalName: 'PERSON00002@example.com',
      OnPremisesImmutableId: 'AAAAAAAAAAAAAAAAAAAAAA==',
    },
    { UserPrincipalName: 'person00003@example.com', OnPremisesImmutableId: null },
  ];
  writeFileSync(users, JSON.stringify(there));
  const file = credentialsOf('third.yaml', (one) => one, 2);
  const args = ['--credentials', file, '--protocol', 'saml', '--tenant-users', users];
  const { code, stdout } = await rehearse(...args, '--settings', settings, '--rules');
  expect(code).toBe(1);
  for (const row of rowOf(stdout, 'PERSON00002@').slice(0, 1))
    expect(row).toContain('AADSTS5000811');
  expect(stdout).toMatch(/FAILED +ImmutableID is that of who signed in AADSTS51004/);
  expect(rowOf(stdout, 'person00003@')[0]).toMatch(/computed, unsigned +FAILED +AADSTS51004/);
}, 60_000);

describe('nobody gets an assertion without their sign-in', () => {
  test('a wrong password ends on our page', async () => {
    const file = credentialsOf('wrong.yaml', (one) => ({ ...one, password: 'wrong' }), 3);
    const { code, stdout } = await rehearse('--credentials', file, '--protocol', 'wsfed');
    expect(code).toBe(1);
    expect(rowOf(stdout, 'person00003@')[0]).toMatch(
      /FAILED +no error +The person gets back to Entra: the user name or the password of \S+ is not right, or the account is locked or disabled: "That did not match"$/,
    );
  }, 60_000);

  test('a wrong code does too, and is told from a wrong password', async () => {
    const other = (one: Record<string, string>) => ({ ...one, totp_secret: 'JBSWY3DPEHPK3PXP' });
    const file = credentialsOf('wrong-code.yaml', other, 3);
    const { stdout } = await rehearse('--credentials', file, '--protocol', 'wsfed');
    expect(rowOf(stdout, 'person00003@')[0]).toMatch(
      /the code of \S+ is not taken: "That code is not right"$/,
    );
  }, 60_000);

  test('a missing code does too', async () => {
    const only = ({ username, password }: Record<string, string>) => ({ username, password });
    const file = credentialsOf('codeless.yaml', only, 3);
    const { stdout } = await rehearse('--credentials', file, '--protocol', 'saml');
    expect(rowOf(stdout, 'person00003@')[0]).toMatch(
      /no error +The person gets back to Entra: a code is asked for, and \S+ has no totp_secret in/,
    );
  }, 60_000);

  test('somebody who is nobody here is named', async () => {
    const file = credentialsOf('nobody.yaml', (one) => ({ ...one, username: 'nobody' }), 3);
    const { code, stdout } = await rehearse('--credentials', file);
    expect(code).toBe(1);
    expect(stdout).toContain('Nobody here is called nobody.');
  }, 60_000);
});

test('a file of credentials that others can read is warned about, a wrong one refused by place', async () => {
  const open = join(folder.path, 'open.yaml');
  writeFileSync(open, '[]', { mode: 0o644 });
  expect((await rehearse('--credentials', open)).stderr).toContain('can be read by others');
  writeFileSync(open, '- { username: a, password: hunter2, otp: 1 }');
  const { code, stderr } = await rehearse('--credentials', open);
  expect(code).toBe(2);
  expect(stderr).toContain('see 0');
  expect(stderr).not.toContain('hunter2');
}, 60_000);

test('a server that does not answer is a row, not a crash', async () => {
  const file = credentialsOf('reach.yaml', (one) => one, 0);
  const { code, stdout } = await rehearse('--credentials', file, '--reach', 'http://127.0.0.1:9');
  expect(code).toBe(1);
  expect(rowOf(stdout, 'person00000@')[0]).toContain('the server cannot be reached: ECONNREFUSED');
}, 60_000);

test('where xmlsec1 is missing its Debian package is named, before anybody is signed in', async () => {
  const program = fileURLToPath(new URL('../../bin/drawbridge.js', import.meta.url));
  const ended = promisify(execFile)(process.execPath, [program, 'm365', 'rehearse'], {
    cwd: folder.path,
    env: { PATH: '/nowhere', DRAWBRIDGE_CONFIG: 'drawbridge.yaml' },
  });
  await expect(ended).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('Debian package xmlsec1: apt-get install xmlsec1'),
  });
}, 60_000);
