import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createOutbox } from '../../src/jobs/create-outbox.js';
import type { JobObserver } from '../../src/jobs/job-observer.js';
import { createJobRunner, maxAttempts } from '../../src/jobs/job-runner.js';
import { countPendingJobs, leaseJobs, pruneJobs, renewJob } from '../../src/jobs/job-store.js';
import type { JobPayload, Outbox } from '../../src/jobs/outbox.js';
import type { PollLoop } from '../../src/jobs/poll-loop.js';
import { createSchedule } from '../../src/jobs/schedule.js';
import { createSealer } from '../../src/keys/aes-gcm-sealer.js';
import type { Clock } from '../../src/kernel/clock.js';
import { systemClock } from '../../src/kernel/clock.js';
import { systemRandom } from '../../src/kernel/random.js';
import { migrate } from '../../src/storage/sql/migrate.js';
import type { SqlDatabase } from '../../src/storage/sql/sql-database.js';
import { ManualClock } from '../support/manual-clock.js';
import { sqlAdapters, type FreshSql } from '../support/services/fresh-stores.js';

const sealer = createSealer({ current: Buffer.alloc(32, 7), previous: [] }, systemRandom);

/** Remembers what it was told. */
class RecordingObserver implements JobObserver {
  readonly failed: number[] = [];
  readonly givenUp: number[] = [];
  readonly scheduleFailures: string[] = [];
  readonly loopFailures: unknown[] = [];
  readonly done: string[] = [];
  jobDone(job: { kind: string }) {
    this.done.push(job.kind);
  }
  jobFailed(job: { attempts: number }) {
    this.failed.push(job.attempts);
  }
  jobGivenUp(job: { attempts: number }) {
    this.givenUp.push(job.attempts);
  }
  scheduleFailed(name: string) {
    this.scheduleFailures.push(name);
  }
  scheduleSucceeded() {}
  loopFailed(error: unknown) {
    this.loopFailures.push(error);
  }
}

const until = async (reached: () => boolean | Promise<boolean>) => {
  while (!(await reached())) await new Promise((resolve) => setTimeout(resolve, 10));
};

describe.each(sqlAdapters)('outbox and jobs: $name', ({ fresh }) => {
  let place: FreshSql;
  let database: SqlDatabase;
  let outbox: Outbox;
  let observer: RecordingObserver;
  const started: PollLoop[] = [];
  beforeEach(async () => {
    place = await fresh();
    database = await place.open();
    await migrate(database);
    outbox = createOutbox({ clock: systemClock, random: systemRandom, sealer });
    observer = new RecordingObserver();
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((loop) => loop.stop()));
    await place.remove();
  });

  const runner = (options: {
    run: (payload: JobPayload) => Promise<void>;
    on?: SqlDatabase;
    holder?: string;
    clock?: Clock;
  }) => {
    const loop = createJobRunner({
      database: options.on ?? database,
      clock: options.clock ?? systemClock,
      random: systemRandom,
      sealer,
      bodies: [{ kind: 'probe', run: options.run }],
      observer,
      holder: options.holder ?? 'a',
    });
    started.push(loop);
    return loop;
  };
  const jobs = () => database.db.selectFrom('jobs').selectAll().orderBy('created_at').execute();
  const nonePending = async () => (await countPendingJobs(database.db)) === 0;

  test('a queued job is done, and what it carried is gone afterwards', async () => {
    const done: JobPayload[] = [];
    await outbox.enqueue(database.db, { kind: 'probe', payload: { to: 'a', n: 1, none: null } });
    runner({ run: async (payload) => void done.push(payload) }).start();
    await until(nonePending);
    expect(done).toEqual([{ to: 'a', n: 1, none: null }]);
    await until(() => observer.done.length > 0);
    expect(observer.done).toEqual(['probe']);
    expect(await jobs()).toMatchObject([{ payload: '', attempts: 1, leased_by: null }]);
  });

  test('payloads are not readable in the database', async () => {
    const link = 'https://idp.example.org/password/CANARY-one-time';
    await outbox.enqueue(database.db, { kind: 'probe', payload: { link } });
    expect(JSON.stringify(await jobs())).not.toContain('CANARY');
  });

  test('a payload moved to another job does not open', async () => {
    const done: JobPayload[] = [];
    await outbox.enqueue(database.db, { kind: 'probe', payload: { n: 1 } });
    await outbox.enqueue(database.db, { kind: 'probe', payload: { n: 2 } });
    const [first, second] = await jobs();
    await database.db
      .updateTable('jobs')
      .set({ payload: first!.payload })
      .where('id', '=', second!.id)
      .execute();
    runner({ run: async (payload) => void done.push(payload) }).start();
    await until(() => done.length === 1 && observer.failed.length === 1);
    expect(done).toEqual([{ n: 1 }]);
  });

  test('a job is queued with its transaction or not at all', async () => {
    const woken: number[] = [];
    const waking = createOutbox({
      clock: systemClock,
      random: systemRandom,
      sealer,
      onQueued: () => void woken.push(1),
    });
    const failing = database.transaction(async (tx) => {
      await waking.enqueue(tx, { kind: 'probe', payload: {} });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await jobs()).toEqual([]);
    expect(woken).toEqual([]);
    await database.transaction((tx) => waking.enqueue(tx, { kind: 'probe', payload: {} }));
    expect(await jobs()).toHaveLength(1);
    expect(woken).toEqual([1]);
  });

  test('of jobs with one key one is queued', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        outbox.enqueue(database.db, { kind: 'probe', payload: { n }, onceKey: 'alarm:x:1' }),
      ),
    );
    await outbox.enqueue(database.db, { kind: 'probe', payload: {}, onceKey: 'alarm:x:2' });
    expect(await jobs()).toHaveLength(2);
  });

  test('two runners share the jobs and do each once', async () => {
    const count = 120;
    await database.transaction(async (tx) => {
      for (let n = 0; n < count; n += 1) {
        await outbox.enqueue(tx, { kind: 'probe', payload: { n } });
      }
    });
    const done: unknown[] = [];
    const run = async ({ n }: JobPayload) => {
      await new Promise((resolve) => setTimeout(resolve, 3));
      done.push(n);
    };
    runner({ run, holder: 'a' }).start();
    runner({ run, holder: 'b', on: await place.open() }).start();
    await until(nonePending);
    expect(done).toHaveLength(count);
    expect(new Set(done).size).toBe(count);
    expect(observer.loopFailures).toEqual([]);
  });

  test('parallel leases never give one job to two holders', async () => {
    const other = await place.open();
    for (let n = 0; n < 30; n += 1) {
      await outbox.enqueue(database.db, { kind: 'probe', payload: { n } });
    }
    const now = systemClock.now() + 1;
    const lease = { now, until: now + 10_000, kinds: ['probe'], inHand: [], limit: 4 };
    const leased = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        leaseJobs(index % 2 === 0 ? database : other, { ...lease, holder: `h${index}` }),
      ),
    );
    const ids = leased.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(Math.max(...leased.map((batch) => batch.length))).toBeLessThanOrEqual(4);
  });

  test('a job whose holder died is done by another after the lease', async () => {
    const clock = new ManualClock();
    const queue = createOutbox({ clock, random: systemRandom, sealer });
    await queue.enqueue(database.db, { kind: 'probe', payload: {} });
    const [job] = await leaseJobs(database, {
      holder: 'dead',
      now: clock.now(),
      until: clock.now() + 30_000,
      kinds: ['probe'],
      inHand: [],
      limit: 1,
    });
    const done: number[] = [];
    const loop = runner({ run: async () => void done.push(1), clock });
    loop.start();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(done).toEqual([]);
    clock.advance(30_001);
    await until(nonePending);
    expect(done).toEqual([1]);
    const late = { id: job!.id, holder: 'dead', until: clock.now() + 30_000 };
    expect(await renewJob(database.db, late)).toBe(false);
  });

  test('a failing job comes back later and later and is given up after the last attempt', async () => {
    const clock = new ManualClock();
    const queue = createOutbox({ clock, random: systemRandom, sealer });
    await queue.enqueue(database.db, { kind: 'probe', payload: { secret: 'x' } });
    const loop = runner({
      run: () => Promise.reject(new Error('smtp://user:CANARY@mail said 451')),
      clock,
    });
    loop.start();
    const delays: number[] = [];
    for (let attempt = 1; attempt < maxAttempts; attempt += 1) {
      await until(() => observer.failed.length === attempt);
      const [job] = await jobs();
      delays.push(job!.run_at - clock.now());
      clock.advance(job!.run_at - clock.now());
    }
    await until(() => observer.givenUp.length === 1);
    expect(observer.failed).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(observer.givenUp).toEqual([maxAttempts]);
    for (const [index, delay] of delays.entries()) {
      const full = Math.min(900_000, 2_000 * 2 ** index);
      expect(delay).toBeGreaterThanOrEqual(full / 2);
      expect(delay).toBeLessThanOrEqual(full);
    }
    const [job] = await jobs();
    expect(job).toMatchObject({ failed_at: clock.now(), done_at: null, leased_by: null });
    expect(JSON.stringify(job)).not.toContain('CANARY');
    expect(await countPendingJobs(database.db)).toBe(0);
    expect(await pruneJobs(database.db, clock.now() + 1)).toBe(1);
  });

  test('a runner does not take up again what it is still at, even after the lease', async () => {
    const clock = new ManualClock();
    const queue = createOutbox({ clock, random: systemRandom, sealer });
    await queue.enqueue(database.db, { kind: 'probe', payload: {} });
    let begun = 0;
    let finish: () => void = () => {};
    const held = new Promise<void>((resolve) => (finish = resolve));
    const loop = runner({
      run: () => {
        begun += 1;
        return held;
      },
      clock,
    });
    loop.start();
    await until(() => begun === 1);
    clock.advance(3_600_000);
    loop.wake();
    await new Promise((resolve) => setTimeout(resolve, 100));
    finish();
    await until(nonePending);
    expect(begun).toBe(1);
  });

  test('a job for later waits', async () => {
    const clock = new ManualClock();
    const queue = createOutbox({ clock, random: systemRandom, sealer });
    const done: number[] = [];
    await queue.enqueue(database.db, {
      kind: 'probe',
      payload: {},
      runAt: clock.now() + 60_000,
    });
    runner({ run: async () => void done.push(1), clock }).start();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(done).toEqual([]);
    clock.advance(60_000);
    await until(nonePending);
    expect(done).toEqual([1]);
  });

  test('a slow job does not hold up the others, and stopping waits for it', async () => {
    const done: unknown[] = [];
    let finishSlow: () => void = () => {};
    const slow = new Promise<void>((resolve) => (finishSlow = resolve));
    await outbox.enqueue(database.db, { kind: 'probe', payload: { n: 'slow' } });
    const loop = runner({
      run: async ({ n }) => {
        if (n === 'slow') await slow;
        done.push(n);
      },
    });
    loop.start();
    for (let n = 0; n < 12; n += 1) {
      await outbox.enqueue(database.db, { kind: 'probe', payload: { n } });
      loop.wake();
    }
    await until(() => done.length === 12);
    const stopping = loop.stop().then(() => done.push('stopped'));
    finishSlow();
    await stopping;
    expect(done.slice(-2)).toEqual(['slow', 'stopped']);
    expect(await countPendingJobs(database.db)).toBe(0);
  });

  test('jobs of kinds that this process does not know are left for others', async () => {
    await outbox.enqueue(database.db, { kind: 'of-the-next-version', payload: {} });
    await outbox.enqueue(database.db, { kind: 'probe', payload: {} });
    runner({ run: async () => {} }).start();
    await until(async () => (await countPendingJobs(database.db)) === 1);
    expect(await jobs()).toContainEqual(
      expect.objectContaining({ kind: 'of-the-next-version', attempts: 0 }),
    );
  });

  test('scheduled work runs once for all processes, again when it is due, and may fail', async () => {
    const clock = new ManualClock();
    const other = await place.open();
    let runs = 0;
    const work = {
      name: 'probe',
      everyMs: 40,
      body: async () => {
        runs += 1;
        if (runs === 2) throw new Error('this once');
      },
    };
    for (const [on, holder] of [
      [database, 'a'],
      [other, 'b'],
    ] as const) {
      const loop = createSchedule(work, { database: on, clock, observer, holder });
      started.push(loop);
      loop.start();
    }
    await until(() => runs === 1);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(runs).toBe(1);
    for (const expected of [2, 3]) {
      clock.advance(40);
      await until(() => runs === expected);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(runs).toBe(3);
    expect(observer.scheduleFailures).toEqual(['probe']);
  });
});
