import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { personCommands } from '../../../src/cli/person-commands.js';
import { runCommand } from '../../../src/cli/run-command.js';
import { openSqlDatabase } from '../../../src/storage/sql/open-sql-database.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const folder = temporaryFolder();
const tenant = '14c2f153-90a7-4689-9db7-9543bf084dad';
const objectId = '1b0c5b3e-6c40-4b83-8a58-1f35a1f1a0c1';

test('the Entra accounts of a person are shown, and forgotten with a row that tells it', async () => {
  folder.write('relying-parties/none.yaml', '');
  const config = folder.write(
    'drawbridge.yaml',
    `public_url: http://localhost:3000
database: { file: people.sqlite }
encryption_key: ${Buffer.alloc(32, 5).toString('base64')}
relying_parties: relying-parties/*.yaml
`,
  );
  const run = async (...args: string[]) => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const env = { DRAWBRIDGE_CONFIG: config };
    const io = { stdin: new PassThrough(), stdout, stderr, env, cwd: folder.path };
    const exit = await runCommand(personCommands, ['person', ...args], io);
    return { exit, out: String(stdout.read() ?? '') };
  };
  await run('add', '--username', 'anna', '--name', 'Anna Ek');
  const database = await openSqlDatabase({
    file: `${folder.path}/people.sqlite`,
  });
  const { id } = await database.db.selectFrom('people').select('id').executeTakeFirstOrThrow();
  await database.db
    .insertInto('external_accounts')
    .values({ tenant_id: tenant, object_id: objectId, person_id: id, linked_at: 1_780_000_000_000 })
    .execute();
  await database.close();
  expect((await run('show', 'anna')).out).toContain(`${objectId} of tenant ${tenant}`);
  expect(await run('unlink-external', 'anna')).toEqual({
    exit: 0,
    out: 'Entra accounts forgotten of anna: 1.\n',
  });
  const shown = (await run('show', 'anna')).out;
  expect(shown).not.toContain(objectId);
  expect(shown).toContain('external account unlinked');
  expect((await run('unlink-external', 'anna')).out).toContain('anna: 0.');
});
