import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Readable, Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { UsageError, type Command } from '../../../src/cli/command.js';
import { runCommand } from '../../../src/cli/run-command.js';
import { usageText } from '../../../src/cli/usage-text.js';
import { versionCommand } from '../../../src/cli/version.js';
import { DrawbridgeError } from '../../../src/kernel/errors.js';

const command = (name: string, run: Command['run']): Command => ({
  name,
  summary: `Does ${name}`,
  usage: `${name} [--times N]`,
  run,
});

const commands: Command[] = [
  command('person add', async (args, io) => {
    const { values } = parseArgs({ args, options: { times: { type: 'string' } } });
    io.stdout.write(`added ${values.times ?? 'once'}\n`);
    return 0;
  }),
  versionCommand,
  command('person list', async () => 0),
  command('wrong', async () => {
    throw new UsageError('give a name');
  }),
  command('known', async () => {
    throw new DrawbridgeError('no', 'the database is locked');
  }),
  command('unknown', async () => {
    throw new TypeError('a fault of ours');
  }),
];

async function call(...args: string[]) {
  const texts = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') =>
    new Writable({
      write(chunk, _encoding, done) {
        texts[name] += String(chunk);
        done();
      },
    });
  const code = await runCommand(commands, args, {
    stdin: Readable.from([]),
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    env: {},
    cwd: '/',
  });
  return { code, ...texts };
}

describe('runCommand', () => {
  test('a command of two words gets the arguments after its name', async () => {
    expect(await call('person', 'add', '--times', '3')).toEqual({
      code: 0,
      stdout: 'added 3\n',
      stderr: '',
    });
  });

  test.each([['--help'], ['-h'], ['help']])('%s lists all commands', async (flag) => {
    const { code, stdout } = await call(flag);
    expect(code).toBe(0);
    expect(stdout).toContain('person add');
    expect(stdout).toContain('Does known');
  });

  test('help about a group and about a command', async () => {
    const group = await call('person', '--help');
    expect(group.code).toBe(0);
    expect(group.stdout).toContain('person list');
    expect(group.stdout).not.toContain('known');
    const one = await call('person', 'add', '--help');
    expect(one.code).toBe(0);
    expect(one.stdout).toContain('npx drawbridge person add [--times N]');
  });

  test.each([
    [[]],
    [['nonsense']],
    [['person']],
    [['person', 'nonsense']],
    [['nonsense', '--help']],
  ])('%j is a wrong call', async (args: string[]) => {
    const { code, stdout, stderr } = await call(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('person add');
  });

  test.each([['person', 'add', '--tiems'], ['wrong']])('%s shows the usage', async (...args) => {
    const { code, stderr } = await call(...args);
    expect(code).toBe(2);
    expect(stderr).toContain('Usage: npx drawbridge');
  });

  test('an option that is not there is named, in a sentence of ours', async () => {
    const { stderr } = await call('person', 'add', '--tiems', 'x');
    expect(stderr).toBe(
      'There is no option --tiems.\n\nUsage: npx drawbridge person add [--times N]\n',
    );
    expect((await call('person', 'add', '--times')).stderr).toMatch(
      /^Option '--times <value>'.*\.\n/,
    );
  });

  test('every way to call a command begins with the program', () => {
    const usage =
      'keys go --fast [--far]\n        [--wide]\nkeys go --slow\n\n--fast  keys go quickly';
    expect(usageText({ name: 'keys go', usage })).toBe(
      [
        'Usage: npx drawbridge keys go --fast [--far]',
        '                      [--wide]',
        '       npx drawbridge keys go --slow',
        '',
        '--fast  keys go quickly',
      ].join('\n'),
    );
  });

  test('the version is that of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const { code, stdout } = await call('--version');
    expect(stdout).toBe(`drawbridge ${version}, Node ${process.version}\n`);
    expect(code).toBe(0);
  });

  test('an expected failure is one line, an unexpected one shows where', async () => {
    expect(await call('known')).toMatchObject({ code: 1, stderr: 'the database is locked\n' });
    const fault = await call('unknown');
    expect(fault.code).toBe(1);
    expect(fault.stderr).toContain('run-command');
  });
});
