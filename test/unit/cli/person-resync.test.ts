import { PassThrough } from 'node:stream';
import { beforeAll, expect, test } from '@jest/globals';
import { personCommands } from '../../../src/cli/person-commands.js';
import { runCommand } from '../../../src/cli/run-command.js';
import { codeAt } from '../../../src/factors/otp/oath.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const folder = temporaryFolder();
const secret = Buffer.from('12345678901234567890');
const code = (press: number) => codeAt(secret, press, { algorithm: 'SHA1', digits: 6 });
let config: string;

async function run(...args: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const exit = await runCommand(personCommands, ['person', ...args], {
    stdin: new PassThrough(),
    stdout,
    stderr,
    env: { DRAWBRIDGE_CONFIG: config },
    cwd: folder.path,
  });
  const text = (stream: PassThrough) => String(stream.read() ?? '');
  return { exit, out: text(stdout), err: text(stderr) };
}

beforeAll(async () => {
  folder.write('relying-parties/none.yaml', '');
  config = folder.write(
    'drawbridge.yaml',
    `public_url: http://localhost:3000
database: { file: people.sqlite }
encryption_key: ${Buffer.alloc(32, 5).toString('base64')}
relying_parties: relying-parties/*.yaml
`,
  );
  folder.write(
    'people.csv',
    'username,name,hotp_secret,hotp_counter\n' +
      'eva,Eva Ek,GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ,5\nbo,Bo Ek,,\n',
  );
});

test('a device that counts presses comes by import, and is found again by two codes', async () => {
  expect((await run('import', 'people.csv')).out).toContain('1 one-time code secrets');
  expect((await run('import', 'people.csv')).out).toContain('0 one-time code secrets');
  expect((await run('show', 'eva')).out).toMatch(/^Second factor +.*\(counts presses\)/m);
  const codes = `${code(70)},${code(71)}`;
  expect(await run('resync', 'eva', '--codes', codes)).toMatchObject({ exit: 0, err: '' });
  const again = await run('resync', 'eva', '--codes', codes);
  expect(again).toMatchObject({ exit: 1, out: '' });
  expect(again.err).toContain('were used before');
  expect((await run('show', 'eva')).out).toContain('factor resynchronised');
});

test.each([
  [['eva', '--codes', '123456,654321'], 'no two codes in a row'],
  [['eva', '--codes', '12,34'], '6 to 8 digits'],
  [['bo', '--codes', '123456,654321'], 'has no authenticator app'],
  [['nobody', '--codes', '123456,654321'], 'There is no nobody'],
  [['eva', '--codes', '123456'], 'two codes'],
  [['eva'], 'two codes'],
])('%j is answered with what is wrong', async (args, told) => {
  const { exit, err } = await run('resync', ...args);
  expect(exit).not.toBe(0);
  expect(err).toContain(told);
});

test('a counter without its secret stops the import', async () => {
  folder.write('broken.csv', 'username,name,hotp_counter\neva,Eva Ek,7\n');
  const { exit, err } = await run('import', 'broken.csv', '--dry-run');
  expect(exit).toBe(1);
  expect(err).toContain('broken.csv:2: hotp_secret: ');
});
