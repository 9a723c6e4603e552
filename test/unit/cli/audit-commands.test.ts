import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { createAuditLog } from '../../../src/audit/create-audit-log.js';
import { createMetrics } from '../../../src/audit/metrics.js';
import { sealBatch } from '../../../src/audit/seal-batch.js';
import { auditCommands } from '../../../src/cli/audit-commands.js';
import { runCommand } from '../../../src/cli/run-command.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { systemRandom } from '../../../src/kernel/random.js';
import { openSqlDatabase } from '../../../src/storage/sql/open-sql-database.js';
import type { SqlDatabase } from '../../../src/storage/sql/sql-database.js';
import { recordingLogger } from '../../support/audit/recording-logger.js';

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
  const code = await runCommand(auditCommands, args, {
    stdin: new PassThrough(),
    stdout,
    stderr,
    env: { DRAWBRIDGE_CONFIG: 'drawbridge.yaml' },
    cwd: folder,
  });
  const text = (stream: PassThrough) => (stream.read() as string | null) ?? '';
  return { code, out: text(stdout), err: text(stderr) };
}

async function withDatabase<Value>(work: (database: SqlDatabase) => Promise<Value>) {
  const database = await openSqlDatabase({ file: join(folder, 'test.sqlite') });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

const auditOn = (database: SqlDatabase) =>
  createAuditLog({
    database,
    clock: systemClock,
    random: systemRandom,
    logger: recordingLogger().logger,
    metrics: createMetrics({ routes: [], factors: [], jobs: [] }),
    failureLimits: { rowsPerSort: 0, rowsInAll: 0 },
  });

test('verify works before the first start', async () => {
  const { code, out } = await call('audit', 'verify');
  expect(code).toBe(0);
  expect(out).toContain('0 sealed events');
});

test('verify prints the head, takes it as an anchor and names the first bad number', async () => {
  await call('audit', 'verify');
  await withDatabase(async (database) => {
    for (let index = 0; index < 4; index += 1) {
      await auditOn(database).record({ kind: 'person.changed', data: { index } });
    }
    await sealBatch(database, 'test', systemClock.now());
    await auditOn(database).record({ kind: 'person.changed' });
  });
  const whole = await call('audit', 'verify');
  expect(whole.code).toBe(0);
  expect(whole.out).toMatch(/4 sealed events[^]*Not sealed yet: 1,/);
  const anchor = /Head: (\S+)/.exec(whole.out)?.[1] ?? '';
  expect(anchor).toMatch(/^4:[0-9a-f]{64}$/);
  expect((await call('audit', 'verify', '--anchor', anchor)).code).toBe(0);

  const wrong = await call('audit', 'verify', '--anchor', `4:${'0'.repeat(64)}`);
  expect(wrong).toMatchObject({ code: 1, out: '' });
  await withDatabase((database) =>
    database.db.updateTable('audit_events').set({ data: '{}' }).where('seq', '=', 3).execute(),
  );
  const altered = await call('audit', 'verify');
  expect(altered.code).toBe(1);
  expect(altered.err).toContain('Event number 3 was altered');
});

test.each(['', '4', 'x:y', '4:zz'])('a wrong anchor is a wrong call: %j', async (anchor) => {
  expect(await call('audit', 'verify', '--anchor', anchor)).toMatchObject({ code: 2, out: '' });
});

test('show tells the event behind a reference, however it is typed', async () => {
  await call('audit', 'verify');
  const reference = await withDatabase((database) =>
    auditOn(database).record({
      kind: 'sign_in.completed',
      person: 'per_1',
      relyingParty: 'evil\u001b[31m',
      clientAddress: '192.0.2.1',
      data: { rule: 'default' },
    }),
  );
  const { code, out } = await call('audit', 'show', reference.toLowerCase().replace('-', ''));
  expect(code).toBe(0);
  expect(out).toMatch(/event +sign_in\.completed\n/);
  expect(out).toMatch(/rule +default\n/);
  expect(out).toMatch(/sealed +not yet\n/);
  expect(out).not.toContain('\u001b');
  const json = JSON.parse((await call('audit', 'show', reference, '--json')).out) as unknown;
  expect(json).toMatchObject({ reference, person_id: 'per_1' });
});

test('show tells how many failures a counting row stands for', async () => {
  await call('audit', 'verify');
  const reference = await withDatabase(async (database) => {
    const audit = auditOn(database);
    const failed = { kind: 'sign_in.failed', reason: 'wrong_code', person: 'per_1' } as const;
    await audit.record(failed);
    const last = await audit.record(failed);
    await audit.close();
    return last;
  });
  const { out } = await call('audit', 'show', reference);
  expect(out).toMatch(/of +sign_in\.failed\n/);
  expect(out).toMatch(/count +2\n/);
});

test('show refuses what is no reference and says when there is no such event', async () => {
  expect((await call('audit', 'show', 'xyz')).code).toBe(2);
  expect((await call('audit', 'show')).code).toBe(2);
  const none = await call('audit', 'show', '00000-00000');
  expect(none).toMatchObject({ code: 1, err: 'There is no event 00000-00000.\n' });
});

test('a wrong configuration is told and nothing is opened', async () => {
  writeFileSync(join(folder, 'drawbridge.yaml'), 'listen: 3\n');
  const { code, err } = await call('audit', 'verify');
  expect(code).toBe(1);
  expect(err).toContain('drawbridge.yaml');
});
