import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../src/kernel/clock.js';
import { announce, createChangeFeed, type ChangeFeed } from '../../src/storage/sql/change-feed.js';
import { migrate } from '../../src/storage/sql/migrate.js';
import type { SqlDatabase } from '../../src/storage/sql/sql-database.js';
import { sqlAdapters, type FreshSql } from '../support/services/fresh-stores.js';

describe.each(sqlAdapters)('change feed: $name', ({ name, fresh }) => {
  let place: FreshSql;
  let here: SqlDatabase;
  let elsewhere: SqlDatabase;
  let feed: ChangeFeed;
  let now: number;
  const errors: unknown[] = [];
  const clock = { now: () => now };

  beforeEach(async () => {
    place = await fresh();
    here = await place.open();
    elsewhere = await place.open();
    await migrate(here);
    now = systemClock.now();
    errors.length = 0;
    feed = createChangeFeed({
      database: here,
      clock,
      pollMs: 20,
      onError: (error) => errors.push(error),
    });
  });
  afterEach(async () => {
    await feed.stop();
    await place.remove();
  });

  /** Subscribes and lets the caller wait for the next call. */
  const listen = (topic: string) => {
    let calls = 0;
    const unsubscribe = feed.subscribe(topic, () => {
      calls += 1;
    });
    const reaches = async (count: number) => {
      while (calls < count) await delay(5);
    };
    return { calls: () => calls, reaches, unsubscribe };
  };

  test('hears what another handle announced, by topic', async () => {
    await announce(elsewhere.db, 'people', clock);
    const people = listen('people');
    const keys = listen('keys');
    await feed.start();
    await announce(elsewhere.db, 'people', clock);
    await people.reaches(1);
    expect(keys.calls()).toBe(0);
    await announce(elsewhere.db, 'keys', clock);
    await keys.reaches(1);
    expect(people.calls()).toBe(1);
  });

  test('hears a change exactly when its transaction commits, and nothing of one rolled back', async () => {
    const people = listen('people');
    const keys = listen('keys');
    await feed.start();
    const failing = elsewhere.transaction(async (tx) => {
      await announce(tx, 'people', clock);
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    await announce(elsewhere.db, 'keys', clock);
    await keys.reaches(1);
    expect(people.calls()).toBe(0);
  });

  test('hears a row that becomes visible behind younger ones', async () => {
    if (name === 'sqlite') return; // one writer at a time: numbers appear in order
    const early = listen('early');
    const late = listen('late');
    await feed.start();
    let commit: () => void = () => {};
    const mayCommit = new Promise<void>((resolve) => {
      commit = resolve;
    });
    let written: () => void = () => {};
    const hasWritten = new Promise<void>((resolve) => {
      written = resolve;
    });
    const transaction = elsewhere.transaction(async (tx) => {
      await announce(tx, 'late', clock);
      written();
      await mayCommit;
    });
    await hasWritten;
    await announce(elsewhere.db, 'early', clock);
    await early.reaches(1);
    expect(late.calls()).toBe(0);
    commit();
    await transaction;
    await late.reaches(1);
    expect(early.calls()).toBe(1);
  });

  test('a listener that throws disturbs neither the others nor the feed', async () => {
    feed.subscribe('people', () => {
      throw new Error('listener');
    });
    const people = listen('people');
    await feed.start();
    await announce(elsewhere.db, 'people', clock);
    await people.reaches(1);
    await announce(elsewhere.db, 'people', clock);
    await people.reaches(2);
    expect(errors.map(String)).toContain('Error: listener');
  });

  test('nobody is called after unsubscribing', async () => {
    const gone = listen('people');
    gone.unsubscribe();
    const people = listen('people');
    await feed.start();
    await announce(elsewhere.db, 'people', clock);
    await people.reaches(1);
    expect(gone.calls()).toBe(0);
  });

  test('after so long an absence that rows may be gone, everybody looks again', async () => {
    const people = listen('people');
    await feed.start();
    now += 31 * 60_000;
    await people.reaches(1);
  });

  test('survives failed polls and goes on', async () => {
    const people = listen('people');
    await feed.start();
    await here.db.schema.alterTable('change_feed').renameTo('elsewhere').execute();
    while (errors.length === 0) await delay(5);
    await here.db.schema.alterTable('elsewhere').renameTo('change_feed').execute();
    await announce(elsewhere.db, 'people', clock);
    await people.reaches(1);
  });
});
