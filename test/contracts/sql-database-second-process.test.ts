import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { openSqlDatabase } from '../../src/storage/sql/open-sql-database.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const folder = temporaryFolder();

/** As a command beside the server does: another process opens the file, looks, and closes it. */
async function countElsewhere(file: string): Promise<number> {
  const program = `
    import Database from 'libsql';
    const database = new Database(process.argv[1]);
    console.log(database.prepare('select count(*) as count from things').get().count);
    database.close();`;
  const args = ['--input-type=module', '-e', program, file];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: {} });
  return Number(stdout);
}

test('what is written after another process has closed the file is not lost', async () => {
  const file = join(folder.path, 'shared.sqlite');
  const first = await openSqlDatabase({ file });
  await sql`create table things (id integer primary key)`.execute(first.db);
  await first.close();
  const database = await openSqlDatabase({ file });
  for (const id of [1, 2, 3]) {
    await sql`insert into things values (${id})`.execute(database.db);
    expect(await countElsewhere(file)).toBe(id);
  }
  await database.transaction(async (tx) => {
    await sql`insert into things values (4)`.execute(tx);
  });
  expect(await countElsewhere(file)).toBe(4);
  await database.close();
  expect(await countElsewhere(file)).toBe(4);
});
