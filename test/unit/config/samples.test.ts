import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Writable } from 'node:stream';
import { parse } from 'yaml';
import { commands } from '../../../src/cli/commands.js';
import { runCommand } from '../../../src/cli/run-command.js';
import { configurationFile } from '../../../src/config/configuration-file.js';
import { describeKeys } from '../../../src/config/schema-description.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const folder = temporaryFolder();
const secrets = {
  DRAWBRIDGE_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
  PAYROLL_SECRET: 'a-secret-for-payroll',
  TRAVEL_AGENCY_SECRET: 'a-secret-for-the-agency',
};

async function check(env: NodeJS.ProcessEnv) {
  let printed = '';
  const collect = () =>
    new Writable({
      write(chunk, _encoding, done) {
        printed += String(chunk);
        done();
      },
    });
  const code = await runCommand(commands, ['config', 'check'], {
    stdin: process.stdin,
    stdout: collect(),
    stderr: collect(),
    env,
    cwd: process.cwd(),
  });
  return { code, printed };
}

test('the samples are accepted as they are', async () => {
  const { code, printed } = await check({
    DRAWBRIDGE_CONFIG: 'config/drawbridge.yaml',
    ...secrets,
  });
  expect(printed).toContain('No problems found.');
  expect(printed).toContain('travel-agency');
  expect(code).toBe(0);
  for (const secret of Object.values(secrets)) expect(printed).not.toContain(secret);
});

test('what is missing in relying-party files is said together with what else is missing', async () => {
  const { code, printed } = await check({ DRAWBRIDGE_CONFIG: 'config/drawbridge.yaml' });
  for (const name of Object.keys(secrets)) expect(printed).toContain(`Set ${name} in`);
  expect(printed).toContain('3 problems.');
  expect(code).toBe(1);
});

test('relying-party files that cannot be told are not looked for', async () => {
  const file = folder.write('untold.yaml', 'relying_parties: ${UNTOLD}/*.yaml\n');
  const { printed } = await check({ DRAWBRIDGE_CONFIG: file, ...secrets });
  expect(printed).toContain('Set UNTOLD in');
  expect(printed).not.toContain('is not there');
});

test('the one that has to be copied first is accepted too', async () => {
  const copied = folder.write(
    'help-desk.yaml',
    readFileSync('config/relying-parties/help-desk.yaml.example', 'utf8'),
  );
  const own = readFileSync('config/drawbridge.yaml', 'utf8');
  const { printed } = await check({
    ...secrets,
    HELP_DESK_SECRET: 'a-secret-for-the-help-desk',
    DRAWBRIDGE_CONFIG: folder.write(
      'with-help-desk.yaml',
      own.replace(/^relying_parties:.*$/m, `relying_parties: ${JSON.stringify(copied)}`),
    ),
  });
  expect(printed).toContain('No problems found.');
  expect(printed).toContain('help-desk');
});

test('without their variables they are refused, naming each', async () => {
  const { code, printed } = await check({
    DRAWBRIDGE_CONFIG: 'config/drawbridge.yaml',
    DRAWBRIDGE_ENCRYPTION_KEY: secrets.DRAWBRIDGE_ENCRYPTION_KEY,
  });
  expect(code).toBe(1);
  expect(printed).toContain('PAYROLL_SECRET');
  expect(printed).toContain('TRAVEL_AGENCY_SECRET');
});

test('a rule that names no service is told and refuses nothing', async () => {
  const own = readFileSync('config/drawbridge.yaml', 'utf8');
  const rule = '{ name: strict, when: { relying_parties: [payrol] }, then: { deny: true } }';
  const { code, printed } = await check({
    ...secrets,
    DRAWBRIDGE_CONFIG: folder.write(
      'with-rule.yaml',
      `${own.replace(/^policy:[^]*?\n(?=\S|$)/m, '')}\npolicy: { rules: [${rule}] }\n`,
    ),
  });
  expect(printed).toContain('"payrol"');
  expect(code).toBe(0);
});

test('what the sample has commented out is accepted too', async () => {
  const sample = readFileSync('config/drawbridge.yaml', 'utf8');
  const [head, ...sections] = uncommented(sample);
  for (const section of sections) {
    const name = Object.keys(parse(section) as object)[0] ?? '';
    const others = (head ?? '')
      .split(/^(?=\w)/m)
      .filter((part) => !part.startsWith(`${name}:`) && !part.startsWith('relying_parties:'))
      .join('');
    const file = folder.write(`${name}.yaml`, `${others}\n${section}\n`);
    const { code, printed } = await check({
      ...secrets,
      DRAWBRIDGE_CONFIG: file,
      REDIS_URL: 'redis://127.0.0.1',
      REDIS_PASSWORD: 'redis-password',
      DATABASE_URL: 'postgres://db/drawbridge',
      SMTP_URL: 'smtp://mail.example.org',
      DRAWBRIDGE_PREVIOUS_ENCRYPTION_KEY: secrets.DRAWBRIDGE_ENCRYPTION_KEY,
    });
    expect(`${section}\n${printed}`).toContain('No problems found.');
    expect(code).toBe(0);
  }
  expect(sections.length).toBeGreaterThan(10);
});

test('the sample shows every section', () => {
  const sample = readFileSync('config/drawbridge.yaml', 'utf8');
  const sections = describeKeys(configurationFile).filter(({ key }) => !key.includes('.'));
  for (const { key } of sections) expect(sample).toMatch(new RegExp(`^(# )?${key}:`, 'm'));
});

/** What stands in the sample, then each commented-out section on its own. */
function uncommented(sample: string): string[] {
  const sections: string[] = [];
  for (const line of sample.split('\n')) {
    if (/^# [a-z_]+:( |$)/.test(line)) sections.push(line.slice(2));
    else if (/^# {2,}/.test(line)) sections[sections.length - 1] += `\n${line.slice(2)}`;
  }
  return [
    sample.replaceAll(/^#.*$/gm, ''),
    ...sections.filter((section) => !section.startsWith('DRAW')),
  ];
}
