import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { MigrationChanged, migrate } from '../../src/storage/sql/migrate.js';
import { allMigrations } from '../../src/storage/sql/migrations/all-migrations.js';
import type { Migration } from '../../src/storage/sql/migrations/migration.js';
import { sqlAdapters, type FreshSql } from '../support/services/fresh-stores.js';

const names = allMigrations.map((migration) => migration.name);
const migration = (name: string, ...statements: string[]): Migration => ({
  name,
  statements: () => statements,
});

describe.each(sqlAdapters)('migrations: $name', ({ fresh }) => {
  let place: FreshSql;
  beforeEach(async () => {
    place = await fresh();
  });
  afterEach(() => place.remove());

  test('are applied once, in order', async () => {
    const database = await place.open();
    expect(await migrate(database)).toEqual(names);
    expect(await migrate(database)).toEqual([]);
    expect(names).toEqual(names.toSorted());
  });

  test('of callers at the same time one applies them and the others find them applied', async () => {
    const handles = await Promise.all([place.open(), place.open(), place.open()]);
    const applied = await Promise.all(handles.map((handle) => migrate(handle)));
    expect(applied.flat()).toEqual(names);
  });

  test('one that fails half way leaves nothing, and is applied once it can be', async () => {
    const database = await place.open();
    const good = migration('0001-good', 'create table good (a integer)');
    const broken = migration(
      '0002-more',
      'create table half (a integer)',
      'insert into nowhere values (1)',
    );
    await expect(migrate(database, [good, broken])).rejects.toThrow(/nowhere/);
    await expect(sql`select * from half`.execute(database.db)).rejects.toThrow(/half/);
    const mended = migration('0002-more', 'create table half (a integer)');
    expect(await migrate(database, [good, mended])).toEqual(['0001-good', '0002-more']);
  });

  test('one that was changed after it was applied is refused', async () => {
    const database = await place.open();
    await migrate(database, [migration('0001-a', 'create table a (a integer)')]);
    const changed = migration('0001-a', 'create table a (b integer)');
    await expect(migrate(database, [changed])).rejects.toThrow(MigrationChanged);
  });

  test('an older version leaves those of a newer one alone', async () => {
    const database = await place.open();
    const old = migration('0001-a', 'create table a (a integer)');
    const newer = migration('0002-b', 'create table b (b integer)');
    await migrate(database, [old, newer]);
    expect(await migrate(database, [old])).toEqual([]);
  });

  test('deleting a person takes what belongs to them along, but not what was audited', async () => {
    const database = await place.open();
    await migrate(database);
    const person = { id: 'per_1', username: 'ada', name: 'Ada', attributes: '{}', epoch: 0 };
    const zeros = {
      created_at: 0,
      updated_at: 0,
      record_version: 1,
      password_failures: 0,
      known_browser_failures: 0,
      password_failures_total: 0,
    };
    const { db } = database;
    await db
      .insertInto('people')
      .values({ ...person, ...zeros })
      .execute();
    await db.insertInto('person_aliases').values({ alias: 'ada', person_id: 'per_1' }).execute();
    await db.insertInto('groups').values({ name: 'staff', created_at: 0 }).execute();
    await db
      .insertInto('person_groups')
      .values({ person_id: 'per_1', group_name: 'staff' })
      .execute();
    await db
      .insertInto('audit_events')
      .values({ reference: 'R', at: 0, kind: 'k', person_id: 'per_1', data: '{}' })
      .execute();
    await db.deleteFrom('people').where('id', '=', 'per_1').execute();
    expect(await db.selectFrom('person_aliases').selectAll().execute()).toEqual([]);
    expect(await db.selectFrom('person_groups').selectAll().execute()).toEqual([]);
    expect(await db.selectFrom('audit_events').select('person_id').execute()).toEqual([
      { person_id: 'per_1' },
    ]);
  });
});
