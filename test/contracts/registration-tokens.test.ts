import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createAuditLog } from '../../src/audit/create-audit-log.js';
import { createMetrics } from '../../src/audit/metrics.js';
import { systemRandom } from '../../src/kernel/random.js';
import { InitialTokens } from '../../src/protocols/oidc/registration/initial-tokens.js';
import { migrate } from '../../src/storage/sql/migrate.js';
import type { SqlDatabase } from '../../src/storage/sql/sql-database.js';
import { recordingLogger } from '../support/audit/recording-logger.js';
import { ManualClock } from '../support/manual-clock.js';
import { sqlAdapters, type FreshSql } from '../support/services/fresh-stores.js';

describe.each(sqlAdapters)('tokens with which services register on $name', (adapter) => {
  const clock = new ManualClock(Date.now());
  let sql: FreshSql;
  let nodes: [SqlDatabase, SqlDatabase];
  let tokens: [InitialTokens, InitialTokens];

  beforeAll(async () => {
    sql = await adapter.fresh();
    nodes = [await sql.open(), await sql.open()];
    await migrate(nodes[0]);
    const on = (database: SqlDatabase) => {
      const shared = { database, clock, random: systemRandom };
      const { logger } = recordingLogger();
      const metrics = createMetrics({ routes: [], factors: [], jobs: [] });
      return new InitialTokens({
        ...shared,
        audit: createAuditLog({ ...shared, logger, metrics }),
      });
    };
    tokens = [on(nodes[0]), on(nodes[1])];
  });
  afterAll(() => sql.remove());

  const use = (node: 0 | 1, token: string) =>
    nodes[node].transaction((tx) => tokens[node].use(tx, token));

  test.each([1, 3])('%i uses are as many, however many try at once', async (uses) => {
    const { token, id } = await tokens[0].create({ label: 'Team', uses, lifetime: 60_000 });
    const tries = Array.from({ length: 16 }, (_, index) => use(index % 2 === 0 ? 0 : 1, token));
    const used = (await Promise.all(tries)).filter((result) => result !== null);
    expect(used).toEqual(Array.from({ length: uses }, () => ({ id, label: 'Team' })));
    expect(await tokens[1].isUsable(token)).toBe(false);
    expect((await tokens[1].list()).find((listed) => listed.id === id)?.remaining).toBe(0);
  });

  test('a use is given back with the transaction that fails', async () => {
    const { token } = await tokens[0].create({ label: 'Team', uses: 1, lifetime: 60_000 });
    const failing = nodes[0].transaction(async (tx) => {
      await tokens[0].use(tx, token);
      throw new Error('the rest failed');
    });
    await expect(failing).rejects.toThrow('the rest failed');
    expect(await use(1, token)).not.toBeNull();
  });

  test('the token itself is kept nowhere', async () => {
    const { token, id } = await tokens[0].create({ label: 'Team', uses: 1, lifetime: 60_000 });
    const row = await nodes[0].db
      .selectFrom('registration_tokens')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst();
    const events = await nodes[0].db.selectFrom('audit_events').select('data').execute();
    expect(JSON.stringify([row, events])).not.toContain(token);
  });

  test('it ends when it expires or is revoked, and then is pruned', async () => {
    const revoked = await tokens[0].create({ label: 'Gone', uses: 5, lifetime: 60_000 });
    expect(await tokens[1].revoke(revoked.id)).toBe(true);
    expect(await tokens[1].revoke(revoked.id)).toBe(false);
    expect(await use(0, revoked.token)).toBeNull();
    const old = await tokens[0].create({ label: 'Old', uses: 5, lifetime: 60_000 });
    clock.advance(60_000);
    expect(await tokens[0].isUsable(old.token)).toBe(false);
    expect(await use(0, old.token)).toBeNull();
    expect((await tokens[0].list()).map(({ id }) => id)).not.toContain(old.id);
    await tokens[0].prune(clock.now() + 1);
    const left = await nodes[0].db.selectFrom('registration_tokens').select('id').execute();
    expect(left.map(({ id }) => id)).not.toContain(old.id);
  });
});
