import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { keyCommands } from '../../../src/cli/key-commands.js';
import { runCommand } from '../../../src/cli/run-command.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-cli-'));
  writeFileSync(
    join(folder, 'drawbridge.yaml'),
    [
      'public_url: http://localhost:3000',
      'database: { file: test.sqlite }',
      `encryption_key: ${Buffer.alloc(32, 3).toString('base64')}`,
      'issuers: [{ id: north }]',
    ].join('\n'),
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

async function call(...args: string[]) {
  const stdout = new PassThrough({ encoding: 'utf8' });
  const stderr = new PassThrough({ encoding: 'utf8' });
  const code = await runCommand(keyCommands, args, {
    stdin: new PassThrough(),
    stdout,
    stderr,
    env: { DRAWBRIDGE_CONFIG: 'drawbridge.yaml' },
    cwd: folder,
  });
  const text = (stream: PassThrough) => (stream.read() as string | null) ?? '';
  return { code, out: text(stdout), err: text(stderr) };
}

const hour = 60 * 60_000;

/** How far from now the key comes into use that a line describes. */
function leadOf(line: string): number {
  const at = /(?:signs|shown) from (\S+),/.exec(line)?.[1] ?? '';
  return Date.parse(at) - Date.now();
}

test('without a word it is about the two OIDC keys of the default issuer', async () => {
  const { code, out } = await call('keys', 'list');
  expect(code).toBe(0);
  expect(out).toMatch(/^ES256 .* in use until replaced\nRS256 .* in use until replaced\n$/);
  expect(await call('keys', 'rotate')).toMatchObject({ code: 2 });
  const rotated = await call('keys', 'rotate', '--algorithm', 'ES256');
  expect(rotated.code).toBe(0);
  expect(Math.abs(leadOf(rotated.out) - hour)).toBeLessThan(hour / 2);
  expect((await call('keys', 'list')).out.match(/^ES256/gm)).toHaveLength(2);
});

test('each issuer has SAML keys with a certificate that can be compared', async () => {
  const lists = [];
  for (const issuer of ['default', 'north']) {
    for (const purpose of ['saml', 'saml-encryption']) {
      const { out } = await call('keys', 'list', '--issuer', issuer, '--purpose', purpose);
      expect(out).toMatch(/^RS256 .*\n {7}certificate until \S+Z, SHA-256 (..:){31}..\n$/);
      lists.push(out);
    }
  }
  expect(new Set(lists).size).toBe(4);
});

test('a SAML key is published long enough for metadata to be fetched', async () => {
  const saml = ['--issuer', 'north', '--purpose', 'saml'];
  const short = await call('keys', 'rotate', ...saml, '--lead', '6h');
  expect(short).toMatchObject({ code: 2 });
  expect(short.err).toContain('at least 7h');
  const { code, out } = await call('keys', 'rotate', ...saml);
  expect(code).toBe(0);
  expect(Math.abs(leadOf(out) - 24 * hour)).toBeLessThan(hour);
  expect((await call('keys', 'list', ...saml)).out.match(/^RS256/gm)).toHaveLength(2);
  const others = await call('keys', 'list', '--purpose', 'saml');
  expect(others.out.match(/^RS256/gm)).toHaveLength(1);

  const byHand = ['--purpose', 'saml-encryption', '--lead', '14d'];
  const slow = await call('keys', 'rotate', ...byHand);
  expect(Math.abs(leadOf(slow.out) - 14 * 24 * hour)).toBeLessThan(hour);
});

test('in an emergency the new key signs at once, alone', async () => {
  const before = (await call('keys', 'list', '--purpose', 'saml')).out;
  const { code, out } = await call('keys', 'rotate', '--purpose', 'saml', '--emergency');
  expect(code).toBe(0);
  const after = (await call('keys', 'list', '--purpose', 'saml')).out;
  expect(out).toBe(`Published: ${after}`);
  expect(after).not.toBe(before);
  expect(leadOf(out)).toBeLessThanOrEqual(0);
});

test.each([
  [['list', '--issuer', 'other'], 'default, north'],
  [['list', '--purpose', 'other'], '--purpose is'],
  [['rotate', '--algorithm', 'HS256'], '--algorithm is ES256 or RS256'],
  [['rotate', '--purpose', 'saml', '--algorithm', 'ES256'], '--algorithm is RS256'],
  [['rotate', '--algorithm', 'ES256', '--lead', 'soon'], 'at least 1h'],
])('called wrongly: %j', async (args, complaint) => {
  const { code, err } = await call('keys', ...args);
  expect(code).toBe(2);
  expect(err).toContain(complaint);
});
