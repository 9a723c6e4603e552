import { PassThrough } from 'node:stream';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { personCommands } from '../../../src/cli/person-commands.js';
import { runCommand } from '../../../src/cli/run-command.js';
import { openSqlDatabase } from '../../../src/storage/sql/open-sql-database.js';
import type { Queryable } from '../../../src/storage/sql/sql-database.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const secretHash = '$2b$10$abcdefghijklmnopqrstuuCm0ZjNmBBjLpHZ4nGaLqFqTXHqfGN8W';
const totpSecret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

describe('person commands for the help desk', () => {
  const folder = temporaryFolder();
  let config: string;

  beforeAll(async () => {
    folder.write('relying-parties/none.yaml', '');
    config = folder.write('drawbridge.yaml', configuration(''));
    folder.write(
      'people.yaml',
      `- { username: eva, name: Eva Ek, mail: eva@example.org, groups: [staff], password_hash: "${secretHash}", totp_secret: ${totpSecret} }
- { username: bo, name: "Bo", mail: bo@example.org }
`,
    );
    expect(await run('import', 'people.yaml')).toMatchObject({ code: 0 });
  });

  const configuration = (more: string) => `public_url: http://localhost:3000
database: { file: people.sqlite }
encryption_key: ${Buffer.alloc(32, 5).toString('base64')}
relying_parties: relying-parties/*.yaml
${more}
`;

  async function run(...args: string[]) {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const code = await runCommand(personCommands, ['person', ...args], {
      stdin: new PassThrough(),
      stdout,
      stderr,
      env: { DRAWBRIDGE_CONFIG: config },
      cwd: folder.path,
    });
    const text = (stream: PassThrough) => String(stream.read() ?? '');
    return { code, out: text(stdout), err: text(stderr) };
  }

  async function inDatabase<Value>(work: (db: Queryable) => Promise<Value>): Promise<Value> {
    const database = await openSqlDatabase({ file: `${folder.path}/people.sqlite` });
    try {
      return await work(database.db);
    } finally {
      await database.close();
    }
  }

  const event = (reference: string, kind: string, at: number, more: object = {}) => ({
    reference,
    at,
    kind,
    relying_party: null,
    reason: null,
    client_address: null,
    data: '{}',
    seq: null,
    previous_hash: null,
    hash: null,
    ...more,
  });

  async function idOf(username: string): Promise<string> {
    const { out } = await run('list', '--json', '--search', username);
    return (JSON.parse(out) as { id: string }).id;
  }

  const lockEverything = () =>
    inDatabase(async (db) => {
      const until = Date.now() + 600_000;
      await db
        .updateTable('people')
        .set({ password_locked_until: until, password_failures: 10, password_failures_total: 100 })
        .where('username', '=', 'eva')
        .execute();
      await db.updateTable('otp_credentials').set({ locked_until: until, failures: 10 }).execute();
    });

  test('show says how somebody stands and what happened, and no secret', async () => {
    const person_id = await idOf('eva');
    await lockEverything();
    await inDatabase((db) =>
      db
        .insertInto('audit_events')
        .values([
          ...Array.from({ length: 12 }, (_, index) =>
            event(`0000${index % 10}-0000${Math.floor(index / 10)}`, 'sign_in.completed', index, {
              person_id,
            }),
          ),
          event('7K2QF-0XW9M', 'sign_in.failed', Date.UTC(2126, 0, 2, 3, 4, 5), {
            person_id,
            relying_party: 'pay\u001broll',
            reason: 'wrong_code',
            client_address: '192.0.2.7',
          }),
          event('7K2QF-0XW9N', 'sign_in.failed', Date.UTC(2126, 0, 1), {
            person_id,
            reason: 'password_locked',
          }),
          event('7K2QF-0XW9P', 'sign_in.failed', Date.UTC(2125, 0, 1), {
            person_id,
            reason: 'of_another_version',
          }),
        ])
        .execute(),
    );
    const { code, out, err } = await run('show', 'EVA@example.org');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^Person +eva \(Eva Ek\)$/m);
    expect(out).toMatch(/^Signs in as +eva, eva@example.org$/m);
    expect(out).toMatch(/^Groups +staff$/m);
    expect(out).toMatch(/^Account +enabled$/m);
    expect(out).toMatch(/^Password +set on \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/m);
    expect(out).toMatch(/^Password +LOCKED until person unlock$/m);
    expect(out).toMatch(/^Password +LOCKED until \d{4}/m);
    expect(out).toMatch(
      /^Second factor +Authenticator app, since .* UTC, never used, LOCKED until/m,
    );
    expect(out).toMatch(/^Recovery codes +none$/m);
    expect(out).toContain(
      '7K2QF-0XW9M  2126-01-02 03:04:05 UTC  sign in failed at pay\ufffdroll from 192.0.2.7: ' +
        'That code is not right (DB-201)\n',
    );
    expect(out).toContain(
      'sign in failed: The password is locked after too many wrong ones (DB-101)',
    );
    expect(out).toContain('sign in failed: of_another_version');
    expect(out.split('Last events\n')[1]?.trim().split('\n')).toHaveLength(10);
    expect(out).not.toContain(secretHash.slice(-20));
    expect(out).not.toContain(totpSecret);
    expect(await run('show', 'nobody')).toMatchObject({ code: 1, err: 'There is no nobody.\n' });
  });

  test('unlock forgets wrong passwords and wrong codes', async () => {
    await lockEverything();
    expect(await run('unlock', 'eva')).toMatchObject({ code: 0, err: '' });
    expect((await run('show', 'eva')).out).not.toContain('LOCKED');
  });

  test('demand-password-change shows, and warns where nothing else protects', async () => {
    const guarded = await run('demand-password-change', 'eva');
    expect(guarded).toMatchObject({ code: 0, err: '' });
    expect(guarded.out).not.toContain('Warning');
    expect((await run('show', 'eva')).out).toMatch(/^Password +to be changed at the next sign-in/m);
    expect((await run('demand-password-change', 'bo')).out).toContain(
      'Warning: bo has no second factor',
    );
  });

  test('password-link prints a link, and mails it where there is a mail server', async () => {
    const first = await run('password-link', 'bo');
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(
      /^Works once, for 72 hours:\nhttp:\/\/localhost:3000\/password\/link\/[\w-]{43}\n$/,
    );
    folder.write(
      'drawbridge.yaml',
      configuration('mail: { smtp_url: smtp://127.0.0.1:9, from: no-reply@example.org }'),
    );
    const another = await run('password-link', 'eva');
    expect(another.out).toMatch(/^Works once, for 30 minutes; also sent to eva@example.org:\n/);
    folder.write('drawbridge.yaml', configuration(''));
    await run('disable', 'bo');
    expect(await run('password-link', 'bo')).toMatchObject({
      code: 1,
      out: '',
      err: 'bo is disabled; a link would not work.\n',
    });
    expect((await run('show', 'bo')).out).toMatch(/^Account +DISABLED since/m);
  });

  test('remove-factors has to be confirmed', async () => {
    const asked = await run('remove-factors', 'eva');
    expect(asked.code).toBe(2);
    expect(asked.err).toContain('--confirm');
    expect(asked.err).toContain('First make sure who is\nasking');
    expect((await run('show', 'eva')).out).toContain('Authenticator app');

    const removed = await run('remove-factors', 'eva', '--confirm');
    expect(removed).toMatchObject({ code: 0, err: '' });
    expect(removed.out).toContain('authenticator apps: 1, recovery codes: 0');
    expect(removed.out).toContain('sets up a new second factor at the next sign-in');
    const { out } = await run('show', 'eva');
    expect(out).toMatch(/^Second factor +none$/m);
    expect(out).toContain('factor removed');

    folder.write('drawbridge.yaml', configuration('policy: { enrolment: by-administrator }'));
    expect((await run('remove-factors', 'eva', '--confirm')).out).toContain('by-administrator');
    folder.write('drawbridge.yaml', configuration(''));
  });

  test.each(['show', 'unlock', 'demand-password-change', 'password-link', 'remove-factors'])(
    '%s of nobody, and of two, is a wrong call',
    async (word) => {
      for (const people of [[], ['eva', 'bo']]) {
        const { code, err } = await run(word, ...people);
        expect(code).toBe(2);
        expect(err).toContain(`Usage: npx drawbridge person ${word} USERNAME`);
      }
    },
  );
});
