import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { migrate } from '../../src/storage/sql/migrate.js';
import { freshSqliteDatabase, type FreshSql } from '../support/services/fresh-stores.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const writer = join(root, 'node_modules/.cache/drawbridge', `crashing-writer-${process.pid}.mjs`);
let place: FreshSql;
let file: string;

beforeAll(async () => {
  place = await freshSqliteDatabase();
  if ('file' in place.options) file = place.options.file;
  await migrate(await place.open());
  await build({
    stdin: {
      contents: `
        import { writeSync } from 'node:fs';
        import { openSqlDatabase } from './src/storage/sql/open-sql-database.ts';
        const [, , file, round] = process.argv;
        const database = await openSqlDatabase({ file });
        for (let n = 0; ; n += 1) {
          const row = { name: round + ':' + n, holder: 'x'.repeat(500), until: n };
          await database.transaction((tx) => tx.insertInto('leases').values(row).execute());
          writeSync(1, row.name + '\\n');
        }`,
      resolveDir: root,
      loader: 'ts',
    },
    outfile: writer,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
});
afterAll(async () => {
  rmSync(writer, { force: true });
  await place.remove();
});

test('whatever was acknowledged before a kill -9 is there afterwards', async () => {
  const acknowledged: string[] = [];
  for (let round = 0; round < 8; round += 1) {
    const child = spawn(process.execPath, [writer, file, `${round}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      if (output.split('\n').length > 20 * (round + 1)) child.kill('SIGKILL');
    });
    await once(child, 'close');
    // The last line may have been cut off in the pipe, never in the middle of the list.
    acknowledged.push(...output.split('\n').slice(0, -1));
  }
  const database = await place.open();
  const rows = await database.db.selectFrom('leases').select('name').execute();
  const kept = new Set(rows.map((row) => row.name));
  expect(acknowledged.length).toBeGreaterThan(100);
  expect(acknowledged.filter((name) => !kept.has(name))).toEqual([]);
});
