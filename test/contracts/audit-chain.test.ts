import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createAlarms } from '../../src/audit/alarms.js';
import type { AuditLog } from '../../src/audit/audit-log.js';
import { createChainSealer } from '../../src/audit/chain-sealer.js';
import { createAuditLog } from '../../src/audit/create-audit-log.js';
import { createMetrics } from '../../src/audit/metrics.js';
import { sealBatch } from '../../src/audit/seal-batch.js';
import { verifyAuditChain } from '../../src/audit/verify-chain.js';
import { systemClock } from '../../src/kernel/clock.js';
import { systemRandom } from '../../src/kernel/random.js';
import { migrate } from '../../src/storage/sql/migrate.js';
import type { SqlDatabase } from '../../src/storage/sql/sql-database.js';
import { recordingLogger } from '../support/audit/recording-logger.js';
import { sqlAdapters, type FreshSql } from '../support/services/fresh-stores.js';

describe.each(sqlAdapters)('audit chain: $name', ({ fresh }) => {
  let place: FreshSql;
  let database: SqlDatabase;
  let audit: AuditLog;
  beforeEach(async () => {
    place = await fresh();
    database = await place.open();
    await migrate(database);
    audit = auditOn(database);
  });
  afterEach(() => place.remove());

  const metrics = () => createMetrics({ routes: [], factors: [], jobs: [] });
  const auditOn = (on: SqlDatabase, onWritten: () => void = () => {}) =>
    createAuditLog({
      database: on,
      clock: systemClock,
      random: systemRandom,
      logger: recordingLogger().logger,
      metrics: metrics(),
      onWritten,
    });
  const write = async (count: number, on = audit) => {
    for (let index = 0; index < count; index += 1) {
      await on.record({ kind: 'person.changed', person: `per_${index}`, data: { index } });
    }
  };
  const sealAll = () => sealBatch(database, 'a', Number.MAX_SAFE_INTEGER - 10_000);
  const sealed = () =>
    database.db
      .selectFrom('audit_events')
      .selectAll()
      .where('seq', 'is not', null)
      .orderBy('seq')
      .execute();
  const edit = (seq: number, change: Record<string, string | number | null>) =>
    database.db.updateTable('audit_events').set(change).where('seq', '=', seq).execute();

  test('an empty chain holds', async () => {
    expect(await verifyAuditChain(database.db)).toMatchObject({ ok: true, head: { seq: 0 } });
  });

  test('rows are numbered without gaps, and what is not sealed yet is told', async () => {
    await write(7);
    expect(await verifyAuditChain(database.db)).toMatchObject({
      ok: true,
      head: { seq: 0 },
      unsealed: { rows: 7 },
    });
    expect(await sealAll()).toMatchObject({ sealed: 7, head: { seq: 7 } });
    await write(3);
    expect(await sealAll()).toMatchObject({ sealed: 3, head: { seq: 10 } });
    expect((await sealed()).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const verdict = await verifyAuditChain(database.db);
    expect(verdict).toMatchObject({ ok: true, head: { seq: 10 }, unsealed: { rows: 0 } });
    expect(await verifyAuditChain(database.db, verdict.head)).toMatchObject({ ok: true });
  });

  test('more than one batch and more than one page', async () => {
    const rows = Array.from({ length: 1_203 }, (_, index) => ({
      reference: `R${index}`,
      at: 1_000 + (index % 7),
      kind: 'person.changed',
      person_id: null,
      relying_party: null,
      reason: null,
      client_address: null,
      data: '{}',
    }));
    await database.db.insertInto('audit_events').values(rows).execute();
    expect(await sealAll()).toMatchObject({ sealed: 500 });
    expect(await sealAll()).toMatchObject({ sealed: 500 });
    expect(await sealAll()).toMatchObject({ sealed: 203 });
    expect(await sealAll()).toMatchObject({ sealed: 0 });
    expect(await verifyAuditChain(database.db)).toMatchObject({ ok: true, head: { seq: 1_203 } });
  });

  test.each([
    { kind: 'person.disabled' },
    { at: 1 },
    { person_id: 'per_x' },
    { person_id: null },
    { relying_party: 'x' },
    { reason: 'wrong_code' },
    { client_address: '192.0.2.9' },
    { data: '{"index": 3}' },
    { reference: 'ZZZZZ-ZZZZZ' },
    { hash: '0'.repeat(64) },
    { previous_hash: '0'.repeat(64) },
    { previous_hash: null },
  ])('an edit is found: %j', async (change) => {
    await write(6);
    await sealAll();
    await edit(4, change);
    expect(await verifyAuditChain(database.db)).toMatchObject({
      ok: false,
      firstBadSeq: 4,
      problem: 'altered',
      head: { seq: 3 },
    });
  });

  test.each([1, 3, 6])('a dropped row is found: %d', async (seq) => {
    await write(6);
    await sealAll();
    await database.db.deleteFrom('audit_events').where('seq', '=', seq).execute();
    expect(await verifyAuditChain(database.db)).toMatchObject({ ok: false, firstBadSeq: seq });
  });

  test('a dropped row whose gap is closed by renumbering is found', async () => {
    await write(6);
    await sealAll();
    await database.db.deleteFrom('audit_events').where('seq', '=', 3).execute();
    for (const seq of [4, 5, 6]) await edit(seq, { seq: seq - 1 });
    expect(await verifyAuditChain(database.db)).toMatchObject({ ok: false, firstBadSeq: 3 });
  });

  test('rows that changed places are found', async () => {
    await write(6);
    await sealAll();
    await edit(2, { seq: 99 });
    await edit(5, { seq: 2 });
    await edit(99, { seq: 5 });
    expect(await verifyAuditChain(database.db)).toMatchObject({ ok: false, firstBadSeq: 2 });
  });

  test('a row slipped in between is found', async () => {
    await write(3);
    await sealAll();
    const last = (await sealed()).at(-1)!;
    await database.db
      .insertInto('audit_events')
      .values({ ...last, reference: 'FORGE-D0000', seq: 4, previous_hash: last.hash })
      .execute();
    expect(await verifyAuditChain(database.db)).toMatchObject({ ok: false, firstBadSeq: 4 });
  });

  test('a chain that was cut off is found, and the sealer does not go on over it', async () => {
    await write(6);
    await sealAll();
    await database.db.deleteFrom('audit_events').where('seq', '>', 4).execute();
    const cut = { ok: false, firstBadSeq: 5, problem: 'cut', head: { seq: 4 } };
    expect(await verifyAuditChain(database.db)).toMatchObject(cut);
    await write(3);
    await expect(sealAll()).rejects.toMatchObject({ code: 'audit_chain_cut' });
    expect(await verifyAuditChain(database.db)).toMatchObject({ ...cut, unsealed: { rows: 3 } });
  });

  test('a chain that was cut and sealed anew shows against an anchor from outside', async () => {
    await write(6);
    const before = (await sealAll())!.head;
    await database.db.deleteFrom('audit_events').where('seq', '>', 4).execute();
    await database.db.deleteFrom('leases').where('name', '=', 'audit-head').execute();
    expect(await verifyAuditChain(database.db, before)).toMatchObject({
      ok: false,
      firstBadSeq: 5,
      problem: 'cut',
    });
    await write(4);
    await sealAll();
    expect(await verifyAuditChain(database.db)).toMatchObject({ ok: true, head: { seq: 8 } });
    expect(await verifyAuditChain(database.db, before)).toMatchObject({
      ok: false,
      firstBadSeq: 6,
      problem: 'altered',
    });
  });

  test('batches of two processes at once never number a row twice', async () => {
    const other = await place.open();
    for (let round = 0; round < 10; round += 1) {
      await write(4);
      const now = systemClock.now() + round * 10_000;
      await Promise.all([
        sealBatch(database, 'a', now),
        sealBatch(other, 'b', now),
        sealBatch(other, 'b', now),
        sealBatch(database, 'a', now),
      ]);
    }
    expect(await verifyAuditChain(database.db)).toMatchObject({ ok: true, head: { seq: 40 } });
  });

  test('while one process holds the lease another does not seal', async () => {
    const other = await place.open();
    const now = systemClock.now();
    await write(1);
    expect(await sealBatch(database, 'a', now)).toMatchObject({ sealed: 1 });
    await write(1);
    expect(await sealBatch(other, 'b', now + 100)).toBeNull();
    expect(await sealBatch(database, 'a', now + 100)).toMatchObject({ sealed: 1 });
    await write(1);
    expect(await sealBatch(other, 'b', now + 10_000)).toMatchObject({ sealed: 1 });
  });

  test('sealers of two processes chain everything that both write', async () => {
    const other = await place.open();
    const nodes = [database, other].map((on, index) => {
      const { logger, lines, events } = recordingLogger();
      const alarms = createAlarms({ audit, logger, metrics: metrics(), notify: null });
      const holder = `node-${index}`;
      const sealer = createChainSealer({
        database: on,
        clock: systemClock,
        logger,
        alarms,
        holder,
      });
      return { sealer, log: auditOn(on, () => sealer.wake()), alarms, lines, events };
    });
    for (const { sealer } of nodes) sealer.start();
    await Promise.all(nodes.map(({ log }) => write(60, log)));
    await write(5);
    const waits = async () => (await verifyAuditChain(database.db)).unsealed.rows;
    while ((await waits()) > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    await Promise.all(nodes.map(({ log }) => write(3, log)));
    for (const { sealer } of nodes) await sealer.stop();
    await sealAll();
    expect(await verifyAuditChain(database.db)).toMatchObject({ ok: true, head: { seq: 131 } });
    for (const { alarms, events } of nodes) {
      expect(alarms.standing()).toEqual([]);
      expect(events()).not.toContain('audit.sealing_failed');
    }
    expect(nodes.flatMap(({ events }) => events())).toContain('audit.chain_head');
  });

  test('a cut chain raises the alarm once, and it clears when the chain is whole again', async () => {
    const { logger, events } = recordingLogger();
    const alarms = createAlarms({ audit, logger, metrics: metrics(), notify: null });
    const sealer = createChainSealer({
      database,
      clock: systemClock,
      logger,
      alarms,
      holder: 'a',
    });
    await write(3);
    await sealAll();
    const [removed] = (await sealed()).slice(-1);
    await database.db.deleteFrom('audit_events').where('seq', '=', 3).execute();
    await database.db.deleteFrom('leases').where('name', '=', 'audit-sealer').execute();
    await write(1);
    await sealer.stop();
    await sealer.stop();
    expect(alarms.standing()).toEqual(['audit_sealing_stuck']);
    expect(events().filter((event) => event === 'alarm.raised')).toHaveLength(1);
    await database.db.insertInto('audit_events').values(removed!).execute();
    await sealer.stop();
    expect(alarms.standing()).toEqual([]);
    expect(await verifyAuditChain(database.db)).toMatchObject({ ok: true });
  });
});
