import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { commands } from '../../../src/cli/commands.js';
import { runCommand } from '../../../src/cli/run-command.js';
import { openSqlDatabase } from '../../../src/storage/sql/open-sql-database.js';
import { startMetadataServer } from '../../support/saml/metadata-server.js';
import { aggregateXml, entityXml, inDays, signedXml } from '../../support/saml/partner-metadata.js';
import { testKey } from '../saml-core/support/key-pairs.js';

const sp = 'https://sp.example/saml';
const federation = testKey();
let folder: string;
const write = (name: string, content: string) => writeFileSync(join(folder, name), content);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-cli-'));
  write(
    'drawbridge.yaml',
    [
      'public_url: http://localhost:3000',
      'database: { file: test.sqlite }',
      `encryption_key: ${Buffer.alloc(32, 3).toString('base64')}`,
      'relying_parties: ["parties/*.yaml"]',
      'oidc: { private_hosts: ["127.0.0.1"] }',
    ].join('\n'),
  );
  write('sp.xml', entityXml(sp, { keys: [{ use: null, certificate: federation.certificate }] }));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function call(args: string[], input: Iterable<string | Buffer> = []) {
  const stdout = new PassThrough({ encoding: 'utf8' });
  const stderr = new PassThrough({ encoding: 'utf8' });
  const code = await runCommand(commands, args, {
    stdin: Readable.from(input),
    stdout,
    stderr,
    env: { DRAWBRIDGE_CONFIG: 'drawbridge.yaml' },
    cwd: folder,
  });
  const text = (stream: PassThrough) => (stream.read() as string | null) ?? '';
  return { code, out: text(stdout), err: text(stderr) };
}

const bring = (source: string, ...options: string[]) =>
  call(['rp', 'import', source, '--id', 'payroll', ...options]);

async function everything() {
  const { db, close } = await opened();
  const rows = [
    await db.selectFrom('relying_parties').selectAll().execute(),
    await db.selectFrom('saml_metadata').selectAll().execute(),
    await db.selectFrom('change_feed').selectAll().execute(),
  ];
  await close();
  return rows;
}

async function opened() {
  const database = await openSqlDatabase({ file: join(folder, 'test.sqlite') });
  return { db: database.db, close: () => database.close() };
}

test('an import says what it is and what is sent to it, and is then listed, shown and removed', async () => {
  const options = ['--name', 'Payroll', '--name-id', 'email', '--attribute', 'urn:oid:0.9=mail'];
  const dry = await bring('sp.xml', ...options, '--dry-run');
  expect(dry).toMatchObject({ code: 0, err: '' });
  expect(dry.out).toContain('Nothing was changed.');
  expect((await call(['rp', 'list'])).out).toBe('There are none.\n');

  const { code, out } = await bring('sp.xml', ...options);
  expect(code).toBe(0);
  expect(out).toMatch(/^Service +payroll, Payroll \(new\)$/m);
  expect(out).toMatch(/^Entity id +https:\/\/sp\.example\/saml$/m);
  expect(out).toMatch(
    /^Answers go to +https:\/\/sp\.example\/acs \(HTTP-POST, index 0, default\)$/m,
  );
  expect(out).toMatch(/^Signs with +rsa 2048, SHA-256 (..:){31}..$/m);
  expect(out).toMatch(/^Identifier +mail address of the person$/m);
  expect(out).toMatch(/^Attributes +urn:oid:0\.9 \(mail\)$/m);

  expect((await call(['rp', 'list'])).out).toBe(
    'payroll  Payroll (saml, imported, metadata 0 min old)\n',
  );
  const shown = await call(['rp', 'show', 'payroll']);
  expect(shown.out).toContain('the database (import)');
  expect(shown.out).toMatch(/^Entity id +https:\/\/sp\.example\/saml$/m);
  expect((await call(['config', 'check'])).code).toBe(0);
  // Its person is asked for only once the service was found.
  const explained = await call(['policy', 'explain', 'payroll', 'nobody']);
  expect(explained.err).toContain('nobody called "nobody"');

  expect((await call(['rp', 'remove', 'payroll'])).code).toBe(0);
  expect((await call(['rp', 'remove', 'payroll'])).code).toBe(1);
  expect((await call(['rp', 'show', 'payroll'])).code).toBe(1);
  expect((await everything()).slice(0, 2)).toEqual([[], []]);
});

test('what a service cannot be told, and a field that no person has by itself, is said beforehand', async () => {
  const bindings = 'urn:oasis:names:tc:SAML:2.0:bindings';
  const services = (...names: string[]) =>
    names.map(
      (name) =>
        `<md:SingleLogoutService Binding="${bindings}:${name}" Location="https://sp.example/${name}"/>`,
    );
  const artifact = `<md:AssertionConsumerService Binding="${bindings}:HTTP-Artifact" Location="https://sp.example/art" index="1"/>`;
  const withLogout = (...names: string[]) =>
    entityXml(sp)
      .replace('<md:AssertionConsumerService', `${services(...names).join('')}$&`)
      .replace('</md:SPSSODescriptor>', `${artifact}$&`);
  write('soap.xml', withLogout('SOAP'));
  const soap = await bring('soap.xml', '--attribute', 'mail=email', '--attribute', 'name=name');
  expect(soap.out).toMatch(/^Not used +https:\/\/sp\.example\/SOAP \(SOAP\)$/m);
  expect(soap.out).toMatch(/^Not used +https:\/\/sp\.example\/art \(HTTP-Artifact, index 1\)$/m);
  expect(soap.out).toMatch(/^Logout +not told of sign-outs/m);
  expect(soap.out).toMatch(/^Attributes +mail \(further attribute email\), name \(name\)$/m);
  write('keyless.xml', withLogout('SOAP', 'HTTP-POST'));
  const keyless = await bring('keyless.xml');
  expect(keyless.out).toMatch(/^Logout at +https:\/\/sp\.example\/HTTP-POST \(HTTP-POST\)$/m);
  expect(keyless.out).toMatch(/^Logout +its messages will not be believed/m);
});

test('of a service of OpenID Connect is shown where answers go, and no secret', async () => {
  mkdirSync(join(folder, 'parties'));
  write(
    'parties/notes.yaml',
    [
      'id: notes',
      'name: Notes',
      'protocol: oidc',
      'third_party: true',
      'oidc:',
      '  client_id: notes-client',
      '  client_secret: not-to-be-shown',
      '  redirect_uris: [https://notes.example/callback]',
    ].join('\n'),
  );
  const { code, out } = await call(['rp', 'show', 'notes']);
  expect(code).toBe(0);
  expect(out).toMatch(/^Client id +notes-client$/m);
  expect(out).toMatch(/^Answers go to +https:\/\/notes\.example\/callback$/m);
  expect(out).toMatch(/^Proves itself +client_secret_basic$/m);
  expect(out).toMatch(/^People +are asked/m);
  expect(out).not.toContain('not-to-be-shown');
});

test('a paste is read from standard input', async () => {
  const { code } = await call(['rp', 'import', '-', '--id', 'payroll'], [entityXml(sp)]);
  expect(code).toBe(0);
  expect((await call(['rp', 'show', 'payroll'])).out).toContain(sp);
});

test('an entity of a signed aggregate is imported, and again by the same id', async () => {
  const all = aggregateXml(
    entityXml(sp) + entityXml('urn:other', { id: '_two' }),
    `validUntil="${inDays(3)}"`,
  );
  write('all.xml', signedXml(all, federation));
  write('pin.pem', federation.certificate);
  const options = ['--certificate', 'pin.pem', '--entity-id', sp];
  expect((await bring('all.xml')).err).toContain('Say by entity_id');
  const first = await bring('all.xml', ...options);
  expect(first.out).toMatch(/^Signature +verified$/m);
  // The pin stays: what is not signed is refused from now on.
  const before = await everything();
  expect(await bring('sp.xml')).toMatchObject({ code: 1 });
  expect(await everything()).toEqual(before);
  const second = await bring('all.xml');
  expect(second).toMatchObject({ code: 0 });
  expect(second.out).toContain('replaces what was imported before');
});

test('a URL is followed later; on a private address only where it is listed, and never a redirect', async () => {
  const publisher = await startMetadataServer();
  try {
    expect((await bring(publisher.url)).err).toContain('status 404');
    publisher.answer = 302;
    const redirected = await bring(publisher.url);
    expect(redirected.err).toContain('No redirect is followed');
    expect(redirected.err).toContain('https://elsewhere.example/sign-in (status 302)');
    publisher.answer = entityXml(sp);
    expect((await bring(publisher.url)).code).toBe(0);
    const shown = await call(['rp', 'show', 'payroll']);
    expect(shown.out).toMatch(/^Fetched from +http:\/\/127\.0\.0\.1/m);
    expect(shown.out).toMatch(/^Next attempt +\d{4}-/m);
    const { asked } = publisher;
    const other = publisher.url.replace('127.0.0.1', 'localhost');
    expect((await bring(other)).err).toContain('list it in oidc.private_hosts');
    expect(publisher.asked).toBe(asked);
  } finally {
    await publisher.close();
  }
});

test.each([
  ['B97 http', 'http://sp.example/m', 'must be https'],
  ['B97 the metadata service', 'http://169.254.169.254/latest', 'must be https'],
  ['B97 the metadata service by https', 'https://169.254.169.254/latest', 'is a private address'],
  ['a private address', 'https://10.0.0.1/m', 'is a private address'],
  ['IPv4 in the guise of IPv6', 'https://[::ffff:10.0.0.1]/m', 'is a private address'],
  ['a file by URL', 'file:///etc/passwd', 'must be https'],
  ['a file that is not there', 'none.xml', 'is not there'],
  ['a folder', '.', 'cannot be read'],
  ['no metadata', 'drawbridge.yaml', 'is not well-formed metadata'],
  ['B97 50 MB', 'large.xml', 'is larger than 16 MiB'],
])('refused with the reason, nothing changed, exit code 1: %s', async (_, source, reason) => {
  write('large.xml', '');
  truncateSync(join(folder, 'large.xml'), 50 * 1024 * 1024);
  await bring('sp.xml');
  const before = await everything();
  const { code, err } = await bring(source);
  expect(code).toBe(1);
  expect(err).toContain(reason);
  expect(err).toContain('Nothing was changed.');
  expect(await everything()).toEqual(before);
});

test('B97: a paste of 50 MB is refused as soon as it is too long', async () => {
  let read = 0;
  function* endless() {
    for (; read < 50; read += 1) yield Buffer.alloc(1024 * 1024, ' ');
  }
  const { code, err } = await call(['rp', 'import', '-', '--id', 'payroll'], endless());
  expect(code).toBe(1);
  expect(err).toContain('is larger than 16 MiB');
  expect(read).toBeLessThan(30);
});

test.each([
  [['sp.xml'], '--id intranet'],
  [['--id', 'payroll'], 'Name the metadata'],
  [['sp.xml', '--id', 'account'], 'taken by the account page'],
  [['sp.xml', '--id', 'payroll', '--name-id', 'x'], '--name-id is'],
  [['sp.xml', '--id', 'payroll', '--attribute', 'mail'], '--attribute is NAME=FIELD'],
  [['sp.xml', '--id', 'payroll', '--certificate', 'none.pem'], 'cannot be read: none.pem'],
])('called wrongly: %j', async (args, reason) => {
  const { code, err } = await call(['rp', 'import', ...args]);
  expect(code).toBe(2);
  expect(err).toContain(reason);
});

test('what is in a file is listed with its state, and not removed', async () => {
  const { mkdirSync } = await import('node:fs');
  mkdirSync(join(folder, 'parties'));
  const party = (id: string, saml: string) =>
    `id: ${id}\nname: Wages\nprotocol: saml\nsaml: { ${saml} }\n`;
  write('parties/wages.yaml', party('wages', 'metadata_file: ../sp.xml'));
  write('parties/other.yaml', party('other', 'metadata_url: "https://other.example/m"'));
  expect((await call(['rp', 'list'])).out).toBe(
    'other  Wages (saml, file, NOT IN FORCE: its metadata has not been taken yet)\n' +
      'wages  Wages (saml, file, in force)\n',
  );
  expect((await bring('sp.xml')).err).toContain('is taken by wages');
  expect((await call(['rp', 'import', 'sp.xml', '--id', 'wages'])).err).toContain('in a file');
  expect((await call(['rp', 'remove', 'wages'])).err).toContain('remove it there');
});

test('what metadata says cannot command a terminal', async () => {
  write('sp.xml', entityXml('urn:x\u0085\u009b2J'));
  const { out, err } = await bring('sp.xml');

  expect(out + err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});
