import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import type { ConfigurationProblem } from '../../../src/config/configuration-problem.js';
import { describeProblem } from '../../../src/config/configuration-problem.js';
import type { Configuration } from '../../../src/config/configuration.js';
import { loadConfiguration } from '../../../src/config/load-configuration.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const folder = temporaryFolder();
const key = randomBytes(32).toString('base64');
let count = 0;

const minimal = 'public_url: https://login.example.org\nencryption_key: ${KEY}\n';

async function load(yaml: string, env: NodeJS.ProcessEnv = {}) {
  const file = folder.write(`${(count += 1)}/drawbridge.yaml`, yaml);
  return await loadConfiguration({ DRAWBRIDGE_CONFIG: file, KEY: key, ...env }, folder.path);
}

async function accepted(yaml: string, env?: NodeJS.ProcessEnv): Promise<Configuration> {
  const result = await load(yaml, env);
  if (!result.ok) throw new Error(result.failure.map(describeProblem).join('\n'));
  return result.value;
}

async function refused(yaml: string, env?: NodeJS.ProcessEnv): Promise<ConfigurationProblem[]> {
  const result = await load(yaml, env);
  if (result.ok) throw new Error('was accepted');
  return result.failure;
}

describe('demo or configured', () => {
  test('without a named file it is a demo, whatever lies in config/', async () => {
    const cwd = mkdtempSync(join(folder.path, 'demo-'));
    folder.write(`${cwd.slice(folder.path.length)}/config/drawbridge.yaml`, 'nonsense: true');
    const result = await loadConfiguration({}, cwd);
    expect(result).toMatchObject({
      ok: true,
      value: {
        mode: 'demo',
        file: null,
        dataFolder: join(cwd, '.drawbridge'),
        relyingPartyFiles: [],
      },
    });
    expect(result.ok && result.value.publicUrl.base).toBe('http://localhost:3000');
  });

  test('what a demo keeps is for its owner only, and stays when the port changes', async () => {
    const cwd = mkdtempSync(join(folder.path, 'demo-'));
    const starts = await Promise.all(
      ['3001', '3002', '3003', '3004'].map((PORT) => loadConfiguration({ PORT }, cwd)),
    );
    const keys = starts.map(
      (start) => start.ok && start.value.encryptionKeys.current.toString('hex'),
    );
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(statSync(join(cwd, '.drawbridge')).mode & 0o777).toBe(0o700);
    expect(statSync(join(cwd, '.drawbridge/encryption.key')).mode & 0o777).toBe(0o600);
    expect(starts.map((start) => start.ok && start.value.publicUrl.base)).toContain(
      'http://localhost:3002',
    );
  });

  test('a damaged key of a demo is not replaced by a new one', async () => {
    const cwd = mkdtempSync(join(folder.path, 'demo-'));
    const file = folder.write(
      `${cwd.slice(folder.path.length)}/.drawbridge/encryption.key`,
      'half',
    );
    const result = await loadConfiguration({}, cwd);
    expect(result).toMatchObject({ ok: false, failure: [{ file }] });
    expect(readFileSync(file, 'utf8')).toBe('half');
  });

  test('production without a file does not start and says what to write', async () => {
    const result = await loadConfiguration({ NODE_ENV: 'production' }, folder.path);
    if (result.ok) throw new Error('started');
    const [problem] = result.failure;
    expect(problem?.path).toBe('DRAWBRIDGE_CONFIG');
    expect(problem?.remedy).toContain('openssl rand -base64 32');
    // What it says to write is accepted.
    const yaml = /\n(public_url:[^]*?)\n\n/.exec(problem?.remedy ?? '')?.[1] ?? '';
    const configuration = await accepted(yaml, { DRAWBRIDGE_ENCRYPTION_KEY: key });
    expect(configuration.mode).toBe('configured');
  });

  test.each(['', ' ', '/nowhere/drawbridge.yaml'])(
    'a named file is never demo: %j',
    async (named) => {
      const result = await loadConfiguration({ DRAWBRIDGE_CONFIG: named }, folder.path);
      expect(result.ok).toBe(false);
    },
  );
});

describe('a configuration file', () => {
  test('a minimal one has all defaults', async () => {
    const configuration = await accepted(minimal, { NODE_ENV: 'production' });
    expect(configuration).toMatchObject({
      mode: 'configured',
      production: true,
      listen: { host: '127.0.0.1', port: 3000 },
      redis: null,
      session: { idle: 30 * 60_000, absolute: 12 * 3_600_000 },
      policy: { factors: 2, maxAge: null, rules: [], enrolment: 'at-sign-in' },
      passwords: { minLength: 8, blocklistFile: null, memoryKiB: 19_456, iterations: 2 },
      lockout: { attempts: 10 },
      oidc: { codeLifetime: 60_000 },
    });
    expect(configuration.database).toEqual({
      file: join(configuration.dataFolder, 'drawbridge.sqlite'),
    });
    expect(configuration.lockout.duration).toBeLessThanOrEqual(15 * 60_000);
  });

  test('relative paths count from its folder, PORT overrides the port', async () => {
    const configuration = await accepted(
      `${minimal}relying_parties: rp/*.yaml\npasswords: { blocklist_file: /etc/list }\n`,
      { PORT: '4000' },
    );
    expect(configuration.relyingPartyFiles).toEqual([join(configuration.dataFolder, 'rp/*.yaml')]);
    expect(configuration.passwords.blocklistFile).toBe('/etc/list');
    expect(configuration.listen.port).toBe(4000);
  });

  test('policy rules are read', async () => {
    const configuration = await accepted(`${minimal}policy:
  rules:
    - { name: office, when: { groups: [admins], outside_networks: [192.0.2.7] }, then: { deny: true } }
    - { name: payroll, when: { relying_parties: [payroll] }, then: { factors: 2, max_age: 1h } }
`);
    expect(configuration.policy.rules).toEqual([
      {
        name: 'office',
        when: {
          relyingParties: null,
          groups: ['admins'],
          networks: null,
          outsideNetworks: ['192.0.2.7/32'],
        },
        then: { deny: true },
      },
      {
        name: 'payroll',
        when: { relyingParties: ['payroll'], groups: null, networks: null, outsideNetworks: null },
        then: { factors: 2, maxAge: 3_600_000 },
      },
    ]);
  });

  test('Redis behind Sentinels and PostgreSQL are read', async () => {
    const configuration = await accepted(
      `${minimal}redis: { sentinels: [a:26379, "[::1]:26380"], name: main, password: pw }
database: { url: postgres://db/drawbridge }
`,
    );
    expect(configuration.redis).toMatchObject({
      sentinels: [
        { host: 'a', port: 26_379 },
        { host: '::1', port: 26_380 },
      ],
      name: 'main',
      password: 'pw',
    });
    expect(configuration.database).toMatchObject({ url: 'postgres://db/drawbridge' });
  });

  test('every problem is reported at once, with place and remedy', async () => {
    const problems = await refused(`
listen: { prot: 1, port: 70000 }
session: { idle: 30, absolute: "\${NOPE}" }
redis: {}
sesion: {}
policy: { rules: [{ name: a, then: {} }] }
trusted_proxies: [10.1]
`);
    const byPath = new Map(problems.map((problem) => [problem.path, problem]));
    expect([...byPath.keys()].sort()).toEqual([
      'encryption_key',
      'listen.port',
      'listen.prot',
      'policy.rules[0].then',
      'public_url',
      'redis.url',
      'sesion',
      'session.absolute',
      'session.idle',
      'trusted_proxies',
    ]);
    expect(byPath.get('listen.prot')?.remedy).toContain('Did you mean port?');
    expect(byPath.get('sesion')?.remedy).toContain('Did you mean session?');
    expect(byPath.get('session.idle')).toMatchObject({ value: '30' });
    expect(byPath.get('session.idle')?.remedy).toContain('30s');
    expect(byPath.get('session.absolute')?.problem).toContain('NOPE');
    for (const problem of problems) expect(problem.remedy).not.toBe('');
  });

  test.each([
    ['http://login.example.org', 'plain http'],
    ['http://0.0.0.0:3000', 'plain http'],
    ['http://localhost.evil.example', 'plain http'],
    ['ftp://login.example.org', 'https URL'],
    ['https://user:pw@login.example.org', 'user name'],
    ['https://login.example.org/?a=b', 'query'],
    ['login.example.org', 'URL'],
  ])('public_url %s is refused', async (url, reason) => {
    const problems = await refused(`public_url: "${url}"\nencryption_key: \${KEY}\n`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ path: 'public_url' });
    expect(problems[0]?.problem).toContain(reason);
  });

  test.each([
    'http://localhost:3000',
    'http://127.0.0.1:3000',
    'http://[::1]:3000',
    'https://id.example.org/idp/',
  ])('public_url %s is accepted', async (url) => {
    const configuration = await accepted(`public_url: "${url}"\nencryption_key: \${KEY}\n`);
    expect(configuration.publicUrl.base).toBe(url.replace(/\/$/, ''));
  });

  test.each(['0', '65536', 'abc', '-1', '3000 '])('PORT=%j is refused', async (PORT) => {
    expect(await refused(minimal, { PORT })).toMatchObject([{ path: 'PORT', value: PORT }]);
  });

  test.each([
    ['several documents', `${minimal}---\na: 1\n`],
    ['a list', '- a\n'],
    ['a text', 'hello\n'],
    ['a key written twice', `${minimal}public_url: https://b.example\n`],
    ['a prototype', `${minimal}__proto__: { polluted: true }\n`],
    ['a bomb of aliases', bomb()],
  ])('%s is refused', async (_what, yaml) => {
    const problems = await refused(yaml);
    expect(problems.length).toBeGreaterThan(0);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('secrets', () => {
  const secret = 'hunter2hunter2';

  test.each([
    ['a key that is too short', `public_url: https://a.example\nencryption_key: ${secret}\n`],
    ['a key from a variable', `public_url: https://a.example\nencryption_key: \${SECRET}\n`],
    ['a bad Redis URL', `${minimal}redis: { url: "redis:/:${secret}@host" }\n`],
    ['a bad database URL', `${minimal}database: { url: "mysql://u:${secret}@host/db" }\n`],
    ['a bad mail URL', `${minimal}mail: { smtp_url: "smtp//${secret}@host" }\n`],
    ['a secret under a mistyped key', `${minimal}encryption_ky: ${secret}\n`],
    ['a previous key', `${minimal}previous_encryption_keys: [${secret}]\n`],
    ['credentials in public_url', `public_url: https://u:${secret}@a.example\nencryption_key: x\n`],
    ['a value that comes from a variable', `${minimal}listen: { port: "\${SECRET}" }\n`],
    ['an alias', `${minimal}admin_mail: *${secret}\n`],
    ['broken YAML', `${minimal}admin_mail: "${secret}\n`],
  ])('are not in the message about %s', async (_what, yaml) => {
    const problems = await refused(yaml, { SECRET: secret });
    expect(JSON.stringify(problems)).not.toContain(secret);
    expect(problems.map(describeProblem).join('\n')).not.toContain(secret);
  });

  test('are left out when the configuration is printed', async () => {
    const configuration = await accepted(
      `${minimal}redis: { url: "redis://:${secret}@host" }
database: { url: "postgres://u:${secret}@host/db" }
mail: { smtp_url: "smtp://u:${secret}@host", from: a@example.org }
previous_encryption_keys: ["\${KEY}"]
`,
    );
    for (const part of [configuration, configuration.redis, { ...configuration }]) {
      const printed = inspect(part, { depth: null }) + JSON.stringify(part);
      expect(printed).not.toContain(secret);
      expect(printed).not.toContain(key);
      expect(printed).toContain('[secret]');
    }
    expect(configuration.redis).toMatchObject({ url: `redis://:${secret}@host` });
    expect(configuration.encryptionKeys.current.toString('base64')).toBe(key);
  });
});

function bomb(): string {
  const lines = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
  for (const [before, name] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg'].map((pair) => [...pair])) {
    lines.push(`${name}: &${name} [${Array(10).fill(`*${before}`).join(', ')}]`);
  }
  return lines.join('\n');
}
