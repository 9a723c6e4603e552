import { pbkdf2Sync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { hash as argon2 } from '@node-rs/argon2';
import { hash as bcrypt } from '@node-rs/bcrypt';
import { importPeople, type ImportPeopleDeps } from '../../src/directory/import/import-people.js';
import type { ImportRecord } from '../../src/directory/import/import-record.js';
import type { Person } from '../../src/directory/person.js';
import {
  createOtpSecretsImport,
  otpSecretProblems,
} from '../../src/factors/otp/import-otp-secrets.js';
import { directoryNode, type DirectoryNode } from '../support/directory/directory-node.js';
import { durableParts, type DurableParts } from '../support/factors/durable-parts.js';
import { sqlAdapters } from '../support/services/fresh-stores.js';

const password = 'brought from elsewhere';
const totpSecret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const salt = Buffer.from('0123456789abcdef');
const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
const pbkdf2 = (digest: string) => base64(pbkdf2Sync(password, salt, 1_000, 32, digest));

describe.each(sqlAdapters)('importing people on $name', (adapter) => {
  let parts: DurableParts;
  let node: DirectoryNode;
  let deps: ImportPeopleDeps;
  const voided: string[] = [];

  beforeAll(async () => {
    parts = await durableParts(adapter);
    const [own] = parts.nodes;
    node = directoryNode(own);
    deps = {
      ...own,
      otpSecretProblems,
      importOtpSecrets: createOtpSecretsImport(own),
      invite: node.invite,
      afterVoid: async (_tx, id) => void voided.push(id),
    };
  });
  afterAll(() => parts.remove());

  let line = 0;
  const record = (fields: Partial<ImportRecord> & { username: string }): ImportRecord => {
    line += 1;
    return { line, name: 'Somebody', ...fields };
  };
  const run = (records: ImportRecord[], dryRun = false) => importPeople(deps, records, { dryRun });
  const find = async (alias: string) => (await node.reader.findByAlias(alias)) as Person;
  const state = async () => {
    const { db } = node.database;
    const read = (
      [
        'people',
        'person_aliases',
        'groups',
        'person_groups',
        'otp_credentials',
        'one_time_links',
        'audit_events',
        'change_feed',
        'jobs',
      ] as const
    ).map((table) => db.selectFrom(table).selectAll().execute());
    return JSON.stringify(await Promise.all(read));
  };

  test('hashes of other systems work at once and are replaced by ours at the first sign-in', async () => {
    const hashes = {
      argon2id: await argon2(password, { memoryCost: 128, timeCost: 1 }),
      bcrypt: await bcrypt(password, 4),
      bcrypt2y: (await bcrypt(password, 4)).replace('$2b$', '$2y$'),
      passlib: `$pbkdf2-sha256$1000$${base64(salt)}$${pbkdf2('sha256')}`.replaceAll('+', '.'),
      keycloak: `$pbkdf2-sha512$i=1000,l=32$${base64(salt)}$${pbkdf2('sha512')}`,
    };
    const records = Object.entries(hashes).map(([username, passwordHash]) =>
      record({ username, passwordHash, totpSecret, groups: ['moved'] }),
    );
    expect(await run(records)).toMatchObject({
      ok: true,
      added: 5,
      otpSecrets: 5,
      invitations: [],
    });
    for (const username of Object.keys(hashes)) {
      const attempt = { username, password, knownBrowserOf: [] };
      expect(await node.directory.checkPassword({ ...attempt, password: 'no' })).toMatchObject({
        reason: 'wrong_credentials',
      });
      const hashOf = async () =>
        (
          await node.database.db
            .selectFrom('people')
            .select('password_hash')
            .where('username', '=', username)
            .executeTakeFirstOrThrow()
        ).password_hash;
      const verdict = await node.directory.checkPassword(attempt);
      expect(verdict).toMatchObject({
        kind: 'accepted',
        changeRequired: false,
        person: { epoch: 1 },
      });
      const upgraded = await hashOf();
      expect(upgraded).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/);
      expect(await node.directory.checkPassword(attempt)).toMatchObject({ kind: 'accepted' });
      expect(await hashOf()).toBe(upgraded);
    }
  });

  test('a dry run tells the same and changes nothing', async () => {
    const records = [
      record({ username: 'dry-1', mail: 'dry@example.org', groups: ['dry'], totpSecret }),
      record({ username: 'bcrypt', name: 'Changed' }),
    ];
    const before = await state();
    const dry = await run(records, true);
    expect(await state()).toBe(before);
    const real = await run(records);
    expect(dry).toMatchObject({ ok: true, added: 1, updated: 1, otpSecrets: 1 });
    expect({ ...dry, invitations: [] }).toEqual({ ...real, invitations: [] });
    expect(await state()).not.toBe(before);
  });

  test('known people are updated in what is given; the same again changes nothing', async () => {
    const given = record({
      username: 'Upd',
      name: 'First',
      mail: 'upd@example.org',
      groups: ['x', 'y'],
      attributes: { a: ['1'] },
    });
    await run([given]);
    expect(await run([given])).toMatchObject({ added: 0, updated: 0, unchanged: 1 });
    const outcome = await run([record({ username: 'upd', name: 'Second', groups: ['y', 'z'] })]);
    expect(outcome).toMatchObject({ updated: 1, invitations: [] });
    expect(await find('UPD@example.org')).toMatchObject({
      username: 'upd',
      name: 'Second',
      mail: 'upd@example.org',
      groups: ['y', 'z'],
      attributes: { a: ['1'] },
      epoch: 1,
    });
    const hash = await argon2(password, { memoryCost: 64, timeCost: 1 });
    await run([record({ username: 'upd', passwordHash: hash })]);
    expect(await find('upd')).toMatchObject({ epoch: 2 });
  });

  test('a language is taken over, for mails and services, and only one that is well-formed', async () => {
    const given = { username: 'karin', mail: 'karin@example.org', locale: 'sv-SE' };
    await run([record(given)]);
    expect(await find('karin')).toMatchObject({ locale: 'sv-SE' });
    expect(await run([record({ username: 'karin' })])).toMatchObject({ unchanged: 1 });
    await run([record({ username: 'karin', locale: 'en' })]);
    expect(await find('karin')).toMatchObject({ locale: 'en' });
    for (const locale of ['Swedish!', 'sv_SE', `x${'-abcdefgh'.repeat(5)}`, ' ']) {
      const message = 'locale is not a language tag such as en or sv-SE';
      const refused = await run([record({ username: 'karin', locale })]);
      expect(refused).toMatchObject({ ok: false, problems: [{ message }] });
    }
  });

  test('services are told of a new password, and of nothing else that changed', async () => {
    await run([record({ username: 'told' }), record({ username: 'left-alone' })]);
    const passwordHash = await argon2(password, { memoryCost: 64, timeCost: 1 });
    const { id } = await find('told');
    voided.length = 0;
    await run([
      record({ username: 'told', passwordHash }),
      record({ username: 'left-alone', name: 'Another name' }),
    ]);
    expect(voided).toEqual([id]);
  });

  test('people of one file may swap addresses', async () => {
    await run([
      record({ username: 'swap-1', mail: 'one@swap.example' }),
      record({ username: 'swap-2', mail: 'two@swap.example' }),
    ]);
    await run([
      record({ username: 'swap-1', mail: 'two@swap.example' }),
      record({ username: 'swap-2', mail: 'one@swap.example' }),
    ]);
    expect(await find('two@swap.example')).toMatchObject({ username: 'swap-1' });
  });

  test('one bad row: every problem is told, nobody is imported', async () => {
    await run([record({ username: 'owner', mail: 'owner@example.org' })]);
    const before = await state();
    line = 0;
    const refused = await run([
      record({ username: 'fine' }),
      record({ username: 'fine', name: '' }),
      record({
        username: 'bad-hash',
        passwordHash: '$argon2id$v=19$m=4194304,t=1,p=1$c2FsdHNhbHQxMg$c2FsdHNhbHQxMnNhbHRzYWx0',
      }),
      record({
        username: 'bad-iterations',
        passwordHash: `$pbkdf2-sha256$i=1000000000$${base64(salt)}$${pbkdf2('sha256')}`,
      }),
      record({ username: 'bad-totp', totpSecret: 'not base32!' }),
      record({ username: 'bad-attribute', attributes: { ' x': ['1'] } }),
    ]);
    if (refused.ok) throw new Error('imported');
    expect(refused.problems.map((problem) => problem.line)).toEqual([2, 2, 3, 4, 5, 6]);
    expect(JSON.stringify(refused.problems)).not.toMatch(/4194304|base32!/);
    line = 0;
    const taken = await run([
      record({ username: 'new-one' }),
      record({ username: 'x', mail: 'OWNER@example.org' }),
    ]);
    expect(taken).toMatchObject({ ok: false, problems: [{ line: 2 }] });
    const asName = await run([
      record({ username: 'new-two' }),
      record({ username: 'owner@example.org' }),
    ]);
    expect(asName).toMatchObject({ ok: false, problems: [{ line: 4 }] });
    expect(await state()).toBe(before);
  });

  test('people without a password get a link that sets the first one', async () => {
    const outcome = await run([record({ username: 'invited' }), record({ username: 'invited-2' })]);
    if (!outcome.ok) throw new Error('not imported');
    expect(outcome.invitations.map(({ username }) => username)).toEqual(['invited', 'invited-2']);
    const token = outcome.invitations[0]?.link.split('/').at(-1) as string;
    expect(await node.passwordLinks.redeem(token, 'my very own sentence')).toMatchObject({
      ok: true,
      value: { username: 'invited' },
    });
  });

  test('thousands at once', async () => {
    const many = Array.from({ length: 3_000 }, (_, index) =>
      record({ username: `many-${index}`, mail: `many-${index}@example.org`, groups: ['many'] }),
    );
    expect(await run(many)).toMatchObject({ ok: true, added: 3_000 });
    expect(await run(many)).toMatchObject({ ok: true, unchanged: 3_000 });
  });
});
