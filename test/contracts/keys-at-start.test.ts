import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { layFoundations, type Foundations } from '../../src/server/foundations.js';
import { recordingLogger } from '../support/audit/recording-logger.js';
import { freshPostgresDatabase } from '../support/services/fresh-stores.js';
import { until } from '../support/services/until.js';
import { testConfiguration } from '../support/start-server.js';

const installed = process.env.DRAWBRIDGE_TEST_POSTGRES_URL !== undefined;

(installed ? describe : describe.skip)('the signing keys of a process that is starting', () => {
  test('are without the one that was stolen, whenever that was found out', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'drawbridge-keys-'));
    const sql = await freshPostgresDatabase();
    const url = 'url' in sql.options ? sql.options.url : '';
    const other = new pg.Client({ connectionString: url });
    const configuration = {
      ...testConfiguration('http://localhost:3000', 3000, folder),
      database: { url },
    };
    const start = () =>
      layFoundations(configuration, { logger: recordingLogger().logger, onQueued: () => {} });
    const started: Foundations[] = [];
    try {
      started.push(await start());
      const [stolen] = started[0]!.keys.keys('default', 'oidc');
      await other.connect();

      // Held up where it takes its place in the feed.
      await other.query('begin');
      await other.query('lock table change_feed in access exclusive mode');
      const starting = start();
      await until(async () => {
        const held = await other.query(
          "select 1 from pg_locks where relation = 'change_feed'::regclass and not granted",
        );
        return held.rows.length > 1;
      });
      await other.query('update signing_keys set retire_at = 1 where kid = $1', [stolen!.kid]);
      await other.query("insert into change_feed (topic, at) values ('keys', 1)");
      await other.query('commit');

      started.push(await starting);
      expect(started[1]!.keys.keys('default', 'oidc').map(({ kid }) => kid)).not.toContain(
        stolen!.kid,
      );
    } finally {
      await other.end();
      for (const { closers } of started) for (const close of closers) await close();
      await sql.remove();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
