import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { systemClock } from '../../src/kernel/clock.js';
import { EmbeddedDatabaseInUse, acquireEmbeddedLock } from '../../src/storage/sql/embedded-lock.js';
import { openSqlDatabase } from '../../src/storage/sql/open-sql-database.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
let folder: string;
let file: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-lock-'));
  file = join(folder, 'data', 'drawbridge.sqlite');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Another process that takes the lock and keeps it. */
async function startHolder(): Promise<ChildProcess> {
  const outfile = join(root, 'node_modules/.cache/drawbridge', `lock-holder-${process.pid}.mjs`);
  await build({
    stdin: {
      contents: `
        import { acquireEmbeddedLock } from './src/storage/sql/embedded-lock.ts';
        acquireEmbeddedLock(process.argv[2], { now: () => Date.now() });
        console.log('held');
        setInterval(() => {}, 1000);`,
      resolveDir: root,
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  const child = spawn(process.execPath, [outfile, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  rmSync(outfile);
  return child;
}

test('a second server is refused and told who holds the file', async () => {
  const holder = await startHolder();
  expect(() => acquireEmbeddedLock(file, systemClock)).toThrow(EmbeddedDatabaseInUse);
  expect(() => acquireEmbeddedLock(file, systemClock)).toThrow(
    new RegExp(`process ${holder.pid}, started 20`),
  );
});

test('a holder that was killed holds nothing', async () => {
  const holder = await startHolder();
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  acquireEmbeddedLock(file, systemClock).release();
});

test('released, it can be taken again; releasing twice is harmless', () => {
  const lock = acquireEmbeddedLock(file, systemClock);
  expect(statSync(`${file}.lock`).mode & 0o777).toBe(0o600);
  expect(() => acquireEmbeddedLock(file, systemClock)).toThrow(/process \d+/);
  lock.release();
  lock.release();
  expect(existsSync(`${file}.holder`)).toBe(false);
  acquireEmbeddedLock(file, systemClock).release();
});

test('the command line opens the database while a server holds the lock', async () => {
  const lock = acquireEmbeddedLock(file, systemClock);
  const database = await openSqlDatabase({ file });
  await database.ping();
  await database.close();
  lock.release();
});
