import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { temporaryFolder } from '../../support/temporary-folder.js';

const folder = temporaryFolder();

/** The rule of CI, run over a small tree of its own in which everything is forbidden but the last two files. */
const tree: Record<string, string> = {
  'src/kernel/clock.ts': `import type { Login } from '../login/login.js';\nexport type Clock = Login;`,
  'src/login/login.ts': `export interface Login { id: string }`,
  'src/login/imports-protocol.ts': `import type { Oidc } from '../protocols/oidc/oidc.js';\nexport type A = Oidc;`,
  'src/protocols/oidc/oidc.ts': `export interface Oidc { id: string }`,
  'src/protocols/saml/saml.ts': `import { type Oidc } from '../oidc/oidc.js';\nexport type B = Oidc;`,
  'src/directory/imports-neighbour.ts': `import type { Party } from '../relying-parties/party.js';\nexport type C = Party;`,
  'src/relying-parties/party.ts': `export interface Party { id: string }`,
  'src/sessions/imports-value.ts': `import { person } from '../directory/person.js';\nexport const d = person;`,
  'src/directory/person.ts': `export const person = 1;\nexport interface Person { id: string }`,
  'src/sessions/imports-ioredis.ts': `import type { Redis } from 'ioredis';\nexport type E = Redis;`,
  'src/audit/imports-express.ts': `import express from 'express';\nexport const f = express;`,
  'src/login/imports-provider.ts': `import type { Provider } from 'oidc-provider';\nexport type G = Provider;`,
  'src/login/imports-otpauth.ts': `import { TOTP } from 'otpauth';\nexport const h = TOTP;`,
  'src/entra-twin/imports-kernel.ts': `import type { Clock } from '../kernel/clock.js';\nexport type I = Clock;`,
  'src/keys/one.ts': `import type { Two } from './two.js';\nexport interface One { two: Two }`,
  'src/keys/two.ts': `import type { One } from './one.js';\nexport interface Two { one: One }`,
  'src/web/utils/escape.ts': `export const escape = 1;`,
  'src/web/uses-utils.ts': `import { escape } from './utils/escape.js';\nexport const j = escape;`,
  'src/server/imports-cli.ts': `import type { Command } from '../cli/command.js';\nexport type K = Command;`,
  'src/cli/command.ts': `export interface Command { id: string }`,
  'src/sessions/allowed-type.ts': `import type { Person } from '../directory/person.js';\nexport type L = Person;`,
  'src/sessions/session-redis.ts': `import type { Redis } from 'ioredis';\nexport type M = Redis;`,
};

test('the import rule fires on violations, type imports included, and on nothing else', async () => {
  for (const [name, content] of Object.entries(tree)) folder.write(name, `${content}\n`);
  folder.write(
    'tsconfig.json',
    '{ "compilerOptions": { "module": "NodeNext", "target": "ES2023", "verbatimModuleSyntax": true } }',
  );
  folder.write(
    'package.json',
    '{ "type": "module", "dependencies": { "ioredis": "*", "express": "*", "otpauth": "*", "oidc-provider": "*" } }',
  );
  const violations = await violationsIn(folder.path);
  expect(violations).toEqual([
    'audit-imports-express: door-of-express',
    'directory-imports-neighbour: directory-knows-no-neighbour',
    'entra-twin-imports-kernel: entra-twin-stands-alone',
    'kernel-clock: kernel-imports-downwards',
    'keys-one: no-cycles',
    'login-imports-otpauth: door-of-otpauth',
    'login-imports-protocol: login-imports-downwards',
    'login-imports-provider: door-of-oidc-provider',
    'protocols-saml-saml: protocols-know-no-protocol',
    'server-imports-cli: server-imports-downwards',
    'sessions-imports-ioredis: door-of-ioredis',
    'sessions-imports-value: sessions-takes-only-types-from-directory',
    'web-uses-utils: no-drawer-for-everything',
  ]);
});

interface Report {
  summary: { violations: { from: string; rule: { name: string } }[] };
}

async function violationsIn(folder: string): Promise<string[]> {
  const program = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const config = resolve('.dependency-cruiser.js');
  const output = await promisify(execFile)(
    process.execPath,
    [program, '--config', config, '--output-type', 'json', 'src'],
    { cwd: folder, env: { ...process.env, NODE_OPTIONS: '' }, maxBuffer: 32 * 1024 * 1024 },
  ).then(
    ({ stdout }) => stdout,
    (error: { stdout?: string }) => error.stdout ?? '',
  );
  const { violations } = (JSON.parse(output) as Report).summary;
  return [
    ...new Set(
      violations
        .filter(({ rule }) => rule.name !== 'every-import-resolves')
        .map(({ from, rule }) => {
          const place = from.replace(/^src\//, '').replace(/\.ts$/, '');
          return `${place.replaceAll('/', '-')}: ${rule.name}`;
        }),
    ),
  ].sort();
}
