import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { registrationCommands } from '../../../src/cli/registration-commands.js';
import { runCommand } from '../../../src/cli/run-command.js';
import { openSqlDatabase } from '../../../src/storage/sql/open-sql-database.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-cli-'));
  writeFileSync(
    join(folder, 'drawbridge.yaml'),
    [
      'public_url: http://localhost:3000',
      'listen: { host: 127.0.0.1, port: 3000 }',
      'database: { file: test.sqlite }',
      `encryption_key: ${Buffer.alloc(32, 3).toString('base64')}`,
      'relying_parties: relying-parties/*.yaml',
    ].join('\n'),
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

async function call(...args: string[]) {
  const stdout = new PassThrough({ encoding: 'utf8' });
  const stderr = new PassThrough({ encoding: 'utf8' });
  const code = await runCommand(registrationCommands, args, {
    stdin: new PassThrough(),
    stdout,
    stderr,
    env: { DRAWBRIDGE_CONFIG: 'drawbridge.yaml' },
    cwd: folder,
  });
  const text = (stream: PassThrough) => (stream.read() as string | null) ?? '';
  return { code, out: text(stdout), err: text(stderr) };
}

async function auditKinds(): Promise<string[]> {
  const database = await openSqlDatabase({ file: join(folder, 'test.sqlite') });
  try {
    const rows = await database.db.selectFrom('audit_events').select('kind').execute();
    return rows.map(({ kind }) => kind);
  } finally {
    await database.close();
  }
}

test('a token is printed once, listed without itself, and revoked', async () => {
  const made = await call('oidc', 'registration-token', '--label', 'Team \u001b[31mBlue');
  expect(made).toMatchObject({ code: 0, err: '' });
  const [line = '', token = ''] = made.out.split('\n');
  expect(line).toMatch(/^rgt_[\w-]+ registers one service until \d{4}-/);
  expect(token).toMatch(/^[\w-]{43}$/);
  const id = line.split(' ')[0] ?? '';

  const listed = await call('oidc', 'registration-tokens');
  expect(listed.out).toContain(`${id}  1 left  until `);
  expect(listed.out).toContain('Team \ufffd[31mBlue');
  expect(listed.out).not.toContain(token);

  expect(await call('oidc', 'registration-tokens', '--revoke', id)).toMatchObject({ code: 0 });
  expect(await call('oidc', 'registration-tokens', '--revoke', id)).toMatchObject({ code: 1 });
  expect((await call('oidc', 'registration-tokens')).out).toBe('There are none.\n');
  expect((await auditKinds()).sort()).toEqual([
    'registration_token.created',
    'registration_token.revoked',
  ]);
});

test('uses and expiry are chosen', async () => {
  const args = ['--label', 'Suite', '--uses', '20', '--expires', '12h'];
  expect((await call('oidc', 'registration-token', ...args)).out).toContain('20 services');
});

test.each([
  [['--label', '']],
  [['--uses', '2']],
  [['--label', 'x', '--uses', '0']],
  [['--label', 'x', '--uses', '1001']],
  [['--label', 'x', '--uses', '-1']],
  [['--label', 'x', '--expires', '0s']],
  [['--label', 'x', '--expires', '91d']],
  [['--label', 'x', '--expires', 'tomorrow']],
  [['--label', 'x'.repeat(101)]],
])('%j is a wrong call', async (args) => {
  expect((await call('oidc', 'registration-token', ...args)).code).toBe(2);
});
