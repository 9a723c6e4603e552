import { chmodSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { personCommands } from '../../../src/cli/person-commands.js';
import { runCommand } from '../../../src/cli/run-command.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const secretHash = '$2b$10$abcdefghijklmnopqrstuuCm0ZjNmBBjLpHZ4nGaLqFqTXHqfGN8W';
const totpSecret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

describe('person commands', () => {
  const folder = temporaryFolder();
  let config: string;
  beforeAll(() => {
    folder.write('relying-parties/none.yaml', '');
    config = folder.write(
      'drawbridge.yaml',
      `public_url: http://localhost:3000
database: { file: people.sqlite }
encryption_key: ${Buffer.alloc(32, 5).toString('base64')}
relying_parties: relying-parties/*.yaml
`,
    );
  });

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

  test('add prints a link, list shows, disable and enable change', async () => {
    const added = await run('add', '--username', 'anna', '--name', 'Anna Ek', '--group', 'staff');
    expect(added).toMatchObject({ code: 0, err: '' });
    expect(added.out).toMatch(/^http:\/\/localhost:3000\/password\/link\/[\w-]{43}$/m);
    expect((await run('list')).out).toMatch(/anna\s+Anna Ek\s+staff\n1 person/);
    expect((await run('disable', 'ANNA')).code).toBe(0);
    expect((await run('list', '--search', 'ek')).out).toContain('DISABLED');
    expect((await run('enable', 'anna')).code).toBe(0);
    expect((await run('unlock', 'anna')).code).toBe(0);
    expect((await run('list')).out).not.toContain('DISABLED');
    expect((await run('list', '--search', 'nobody')).out).toBe('0 people\n');
    expect(JSON.parse((await run('list', '--json')).out)).toMatchObject({ username: 'anna' });
  });

  test('what cannot be done ends with 1 and one line', async () => {
    expect(await run('add', '--username', 'ANNA', '--name', 'Other')).toEqual({
      code: 1,
      out: '',
      err: 'a user name, mail address or UPN belongs to another person\n',
    });
    expect(await run('add', '--username', 'x', '--name', '')).toMatchObject({
      code: 1,
      err: 'name is empty\n',
    });
    expect(await run('disable', 'nobody')).toMatchObject({ code: 1, err: 'There is no nobody.\n' });
  });

  test.each([
    [['add']],
    [['add', '--username', 'x']],
    [['disable']],
    [['import']],
    [['list', '--x']],
  ])('wrong call %j ends with 2 and the usage', async (args) => {
    const { code, err } = await run(...args);
    expect(code).toBe(2);
    expect(err).toContain('Usage: npx drawbridge person');
  });

  test('import: dry run, then real, without a value in what is printed', async () => {
    const file = folder.write(
      'people.yaml',
      `- { username: eva, name: Eva, password_hash: "${secretHash}", totp_secret: ${totpSecret} }
- { username: bo, name: Bo, mail: bo@example.org, groups: [new] }
`,
    );
    chmodSync(file, 0o644);
    const dry = await run('import', 'people.yaml', '--dry-run');
    expect(dry).toMatchObject({ code: 0 });
    expect(dry.out).toContain('2 added');
    expect(dry.out).not.toContain('/password/link/');
    expect(dry.err).toContain('can be read by others');
    expect((await run('list')).out).not.toContain('eva');
    chmodSync(file, 0o600);
    const real = await run('import', 'people.yaml');
    expect(real).toMatchObject({ code: 0, err: '' });
    expect(real.out).toMatch(/^bo {2}http:\/\/localhost:3000\/password\/link\//m);
    expect(real.out).toContain('Delete people.yaml');
    expect(dry.out + real.out).not.toContain(secretHash);
    expect(dry.out + real.out).not.toContain(totpSecret);
    expect((await run('list')).out).toMatch(/eva/);
  });

  test('import: problems with file and line', async () => {
    folder.write('bad.csv', `username,name\nok,Ok\n=cmd,Bad\nok,Again\n`);
    const { code, err } = await run('import', 'bad.csv');
    expect(code).toBe(1);
    expect(err).toContain('bad.csv:3: username begins like a formula');
    expect(err).toContain('bad.csv:4: has a user name, mail address or UPN that line 2 has too');
    expect(err).toContain('Nothing was imported.');
    expect((await run('list')).out).not.toContain('Ok');
    expect(await run('import', 'missing.yaml')).toMatchObject({ code: 1 });
    expect(await run('import', 'drawbridge.txt')).toMatchObject({ code: 1 });
  });
});
