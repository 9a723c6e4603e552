import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { sql } from 'kysely';
import pg from 'pg';
import { createAuditLog } from '../../src/audit/create-audit-log.js';
import { createMetrics } from '../../src/audit/metrics.js';
import type { AuditEvent } from '../../src/audit/audit-event.js';
import type { AuditReference } from '../../src/audit/audit-log.js';
import { findAuditEvent, findTallyOf } from '../../src/audit/find-audit-event.js';
import { systemRandom } from '../../src/kernel/random.js';
import { migrate } from '../../src/storage/sql/migrate.js';
import type { Queryable, SqlDatabase } from '../../src/storage/sql/sql-database.js';
import { recordingLogger } from '../support/audit/recording-logger.js';
import { ManualClock } from '../support/manual-clock.js';
import { sqlAdapters, type FreshSql } from '../support/services/fresh-stores.js';

describe.each(sqlAdapters)('audit log: $name', ({ name, fresh }) => {
  let place: FreshSql;
  let database: SqlDatabase;
  beforeAll(async () => {
    place = await fresh();
    database = await place.open();
    await migrate(database);
  });
  afterAll(() => place.remove());
  beforeEach(async () => {
    await database.db.deleteFrom('audit_events').execute();
    await database.db.deleteFrom('leases').execute();
    await database.db
      .insertInto('leases')
      .values({ name: 'thing', holder: 'free', until: 0 })
      .execute();
  });

  const clock = new ManualClock();
  const setUp = (failureLimits = { rowsPerSort: 3, rowsInAll: 10 }) => {
    const log = recordingLogger();
    const metrics = createMetrics({ routes: [], factors: [], jobs: [] });
    const audit = createAuditLog({
      database,
      clock,
      random: systemRandom,
      logger: log.logger,
      metrics,
      failureLimits,
    });
    return { audit, metrics, ...log };
  };
  const rows = () => database.db.selectFrom('audit_events').selectAll().orderBy('at').execute();
  const redeemed: AuditEvent = {
    kind: 'code.redeemed',
    person: 'per_1',
    relyingParty: 'payroll',
    clientAddress: '192.0.2.1',
    data: { client: 'payroll', nested: { list: [1, 'två', null, true] } },
  };
  const takeIfFree = (holder: string) => (db: Queryable) =>
    db
      .updateTable('leases')
      .set({ holder })
      .where('name', '=', 'thing')
      .where('holder', '=', 'free')
      .returningAll();
  const failed = (clientAddress = '192.0.2.1'): AuditEvent => ({
    kind: 'sign_in.failed',
    reason: 'wrong_credentials',
    clientAddress,
  });

  test('an event is a row, a log line and a counter, joined by the reference', async () => {
    const { audit, lines, metrics } = setUp();
    const reference = await audit.record(redeemed);
    const row = await findAuditEvent(database.db, reference);
    expect(row).toMatchObject({
      at: clock.now(),
      kind: 'code.redeemed',
      person_id: 'per_1',
      relying_party: 'payroll',
      reason: null,
      client_address: '192.0.2.1',
      seq: null,
    });
    expect(JSON.parse(row?.data ?? '')).toEqual(redeemed.data);
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { level: 'info', event: 'code.redeemed', reference, person: 'per_1' },
    ]);
    expect(await metrics.render()).toContain(
      'drawbridge_audit_events_total{kind="code.redeemed"} 1',
    );
  });

  test('a change and its row come together, and the changed row comes back', async () => {
    const { audit, events } = setUp();
    const changed = await audit.recordWithChange(takeIfFree('me'), redeemed);
    expect(changed).toEqual({ name: 'thing', holder: 'me', until: 0 });
    expect(await rows()).toMatchObject([{ kind: 'code.redeemed', person_id: 'per_1' }]);
    expect(events()).toEqual(['code.redeemed']);
  });

  test('inserts and deletes work as changes too', async () => {
    const { audit } = setUp();
    const inserted = await audit.recordWithChange(
      (db) =>
        db
          .insertInto('consumed')
          .values({ namespace: name, id_hash: 'x', expires_at: 9 })
          .onConflict((conflict) => conflict.doNothing())
          .returning('id_hash'),
      redeemed,
    );
    expect(inserted).toEqual({ id_hash: 'x' });
    const deleted = await audit.recordWithChange(
      (db) => db.deleteFrom('consumed').where('namespace', '=', name).returning('expires_at'),
      redeemed,
    );
    expect(deleted).toEqual({ expires_at: 9 });
    expect(await rows()).toHaveLength(2);
  });

  test('a change of several rows is one event', async () => {
    const { audit } = setUp();
    const more = [1, 2, 3].map((index) => ({ name: `more-${index}`, holder: 'x', until: 0 }));
    await database.db.insertInto('leases').values(more).execute();
    await audit.recordWithChange(
      (db) => db.updateTable('leases').set({ until: 5 }).returning('name'),
      redeemed,
    );
    expect(await rows()).toHaveLength(1);
    const untouched = database.db.selectFrom('leases').selectAll().where('until', '!=', 5);
    expect(await untouched.execute()).toEqual([]);
  });

  test('a change that touches nothing is no event', async () => {
    const { audit, lines } = setUp();
    await database.db.updateTable('leases').set({ holder: 'taken' }).execute();
    expect(await audit.recordWithChange(takeIfFree('me'), redeemed)).toBeNull();
    expect(await rows()).toEqual([]);
    expect(lines).toEqual([]);
  });

  test('of parallel callers one makes the change and its event', async () => {
    const { audit } = setUp();
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        audit.recordWithChange(takeIfFree(`caller ${index}`), redeemed),
      ),
    );
    expect(outcomes.filter((outcome) => outcome !== null)).toHaveLength(1);
    expect(await rows()).toHaveLength(1);
  });

  if (name === 'postgres') {
    test('a change with its row is one round trip', async () => {
      const { audit } = setUp();
      await database.ping();
      const queries = jest.spyOn(pg.Client.prototype, 'query');
      try {
        await audit.recordWithChange(takeIfFree('me'), redeemed);
        expect(queries).toHaveBeenCalledTimes(1);
        await audit.recordWithChange(takeIfFree('me'), redeemed);
        expect(queries).toHaveBeenCalledTimes(2);
        await audit.record(redeemed);
        expect(queries).toHaveBeenCalledTimes(3);
      } finally {
        queries.mockRestore();
      }
    });
  }

  test('when the row cannot be written, the change is not made and the caller hears of it', async () => {
    const { audit, lines } = setUp();
    await sql`alter table audit_events rename to audit_away`.execute(database.db);
    try {
      await expect(audit.recordWithChange(takeIfFree('me'), redeemed)).rejects.toThrow();
      await expect(audit.record(redeemed)).rejects.toThrow();
      await expect(audit.record(failed())).rejects.toThrow();
    } finally {
      await sql`alter table audit_away rename to audit_events`.execute(database.db);
    }
    const { holder } = await database.db
      .selectFrom('leases')
      .select('holder')
      .executeTakeFirstOrThrow();
    expect(holder).toBe('free');
    expect(lines).toEqual([]);
  });

  test('a row in a transaction is told of after the commit', async () => {
    const { audit, events } = setUp();
    await database.transaction(async (tx) => {
      await tx.updateTable('leases').set({ holder: 'me' }).execute();
      await audit.recordIn(tx, redeemed);
      expect(events()).toEqual([]);
    });
    expect(events()).toEqual(['code.redeemed']);
    expect(await rows()).toHaveLength(1);
  });

  test('a transaction that is rolled back leaves neither row nor line nor count', async () => {
    const { audit, lines, metrics } = setUp();
    const work = database.transaction(async (tx) => {
      await audit.recordIn(tx, redeemed);
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    expect(await rows()).toEqual([]);
    expect(lines).toEqual([]);
    expect(await metrics.render()).not.toContain('kind="code.redeemed"');
  });

  test('failures that repeat are counted, and each answers with a reference that leads to a row', async () => {
    const { audit, metrics } = setUp();
    const references: AuditReference[] = [];
    for (let round = 0; round < 5; round += 1) references.push(await audit.record(failed()));
    references.push(
      ...(await Promise.all(Array.from({ length: 20 }, () => audit.record(failed())))),
    );
    expect(new Set(references).size).toBe(4);
    for (const reference of new Set(references)) {
      expect(await findAuditEvent(database.db, reference)).toMatchObject({
        reason: 'wrong_credentials',
        client_address: '192.0.2.1',
      });
    }
    const opening = await findAuditEvent(database.db, references[10] ?? ('' as AuditReference));
    expect(opening).toMatchObject({ kind: 'audit.aggregated' });
    expect(await findTallyOf(database.db, opening!)).toBeNull();

    clock.advance(60_000);
    await audit.writeTallies();
    const closing = await findTallyOf(database.db, opening!);
    expect(JSON.parse(closing?.data ?? '{}')).toMatchObject({
      of: 'sign_in.failed',
      count: 22,
      opened: opening?.reference,
    });
    expect(closing?.data).not.toContain('details');
    expect(await rows()).toHaveLength(5);
    expect(await metrics.render()).toContain(
      'drawbridge_failures_total{reason="wrong_credentials"} 25',
    );
  });

  test('a row for many says what was the matter with each of them', async () => {
    const { audit } = setUp({ rowsPerSort: 0, rowsInAll: 100 });
    const refused = (detail: string) =>
      audit.record({
        kind: 'request.refused',
        reason: 'request_invalid',
        clientAddress: '192.0.2.1',
        data: { detail },
      });
    const reference = await refused('hint-audience');
    for (const detail of ['hint-tenant', 'hint-audience', '"opened":"x"']) await refused(detail);
    clock.advance(60_000);
    await audit.writeTallies();
    const opening = await findAuditEvent(database.db, reference);
    const closing = await findTallyOf(database.db, opening!);
    expect(JSON.parse(closing?.data ?? '{}')).toMatchObject({
      count: 4,
      details: { 'hint-audience': 2, 'hint-tenant': 1, '"opened":"x"': 1 },
    });
  });

  test('inventing addresses does not fill the disk either', async () => {
    const { audit, lines } = setUp();
    const references = new Set<AuditReference>();
    for (let index = 0; index < 200; index += 1) {
      references.add(await audit.record(failed(`2001:db8::${index.toString(16)}`)));
    }
    await audit.close();
    expect(await rows()).toHaveLength(12);
    expect(references.size).toBe(11);
    expect(lines.length).toBeLessThanOrEqual(12);
  });

  test('successes are never counted together', async () => {
    const { audit } = setUp();
    for (let round = 0; round < 30; round += 1) await audit.record(redeemed);
    expect(await rows()).toHaveLength(30);
  });

  test('a failure whose tally could not be opened is tried again', async () => {
    const { audit } = setUp({ rowsPerSort: 0, rowsInAll: 0 });
    await sql`alter table audit_events rename to audit_away`.execute(database.db);
    await expect(audit.record(failed())).rejects.toThrow();
    await sql`alter table audit_away rename to audit_events`.execute(database.db);
    const reference = await audit.record(failed());
    expect(await findAuditEvent(database.db, reference)).toMatchObject({
      kind: 'audit.aggregated',
    });
  });
});
