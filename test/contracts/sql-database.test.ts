import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { statSync } from 'node:fs';
import { sql } from 'kysely';
import type { SqlDatabase } from '../../src/storage/sql/sql-database.js';
import {
  TransactionAborted,
  UnsupportedSqlValue,
  isUniqueViolation,
} from '../../src/storage/sql/sql-errors.js';
import { migrate } from '../../src/storage/sql/migrate.js';
import { consumeOnce, pruneConsumed } from '../../src/storage/sql/one-time.js';
import { sqlAdapters, type FreshSql } from '../support/services/fresh-stores.js';

const fifty = <Value>(work: (index: number) => Promise<Value>) =>
  Promise.all(Array.from({ length: 50 }, (_, index) => work(index)));

describe.each(sqlAdapters)('sql database: $name', ({ name, fresh }) => {
  let place: FreshSql;
  let database: SqlDatabase;
  let other: SqlDatabase;
  beforeAll(async () => {
    place = await fresh();
    database = await place.open();
    other = await place.open();
    await migrate(database);
    const [integer, bytes] = name === 'sqlite' ? ['integer', 'blob'] : ['bigint', 'bytea'];
    await sql.raw(`create table probe (n ${integer}, t text, b ${bytes})`).execute(database.db);
  });
  afterAll(() => place.remove());

  const echo = async (column: 'n' | 't' | 'b', value: unknown) => {
    const { rows } = await sql<Record<string, unknown>>`
      insert into probe (${sql.ref(column)}) values (${value}) returning ${sql.ref(column)}`.execute(
      database.db,
    );
    return rows[0]?.[column];
  };
  const lease = (id: string, until = 0) => ({ name: id, holder: 'nobody', until });

  test('says which dialect it is and answers a ping', async () => {
    expect(database.dialect).toBe(name);
    await database.ping();
  });

  test('keeps integers, text and bytes as they are', async () => {
    expect(await echo('n', Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
    expect(await echo('n', -1n)).toBe(-1);
    expect(await echo('t', 'naïve 🙂 \u0001 "quoted"')).toBe('naïve 🙂 \u0001 "quoted"');
    expect(await echo('t', '')).toBe('');
    expect(await echo('t', null)).toBeNull();
    expect(await echo('b', Buffer.from([0, 255, 1]))).toEqual(Buffer.from([0, 255, 1]));
  });

  test('stores booleans as 0 and 1', async () => {
    expect(await echo('n', true)).toBe(1);
    expect(await echo('n', false)).toBe(0);
  });

  test('takes any view of bytes and gives back a Buffer', async () => {
    const bytes = new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4);
    expect(await echo('b', bytes)).toEqual(Buffer.from([1, 2, 3]));
    expect(await echo('b', new Uint8Array([7]).buffer)).toEqual(Buffer.from([7]));
    expect(Buffer.isBuffer(await echo('b', bytes))).toBe(true);
  });

  test.each([
    ['NUL in text', 'a\0b'],
    ['a lone high surrogate', 'a\ud800'],
    ['a lone low surrogate', '\udc00a'],
    ['an integer past 2^53', 2 ** 53],
    ['a big integer past 2^53', 2n ** 53n],
    ['a fraction', 1.5],
    ['not a number', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['undefined', undefined],
    ['a date', new Date(0)],
    ['an object', { a: 1 }],
  ])('refuses %s before anything is sent', async (_, value) => {
    await expect(echo('t', value)).rejects.toThrow(UnsupportedSqlValue);
    await database.ping();
  });

  test('refuses to round an integer it reads', async () => {
    await expect(sql`select 9007199254740993 as n`.execute(database.db)).rejects.toThrow(
      UnsupportedSqlValue,
    );
  });

  test('reads counts and sums as numbers', async () => {
    await database.db
      .insertInto('leases')
      .values([lease('c1', 1), lease('c2', 2)])
      .execute();
    const { rows } = await sql`
      select count(*) as n, sum(until) as s from leases where name in ('c1', 'c2')`.execute(
      database.db,
    );
    expect(rows).toEqual([{ n: 2, s: 3 }]);
  });

  test('reports affected rows', async () => {
    const result = await database.db
      .deleteFrom('leases')
      .where('name', 'like', 'c_')
      .executeTakeFirst();
    expect(result.numDeletedRows).toBe(2n);
  });

  test('tells a unique violation from other failures', async () => {
    await database.db.insertInto('leases').values(lease('u')).execute();
    const again = database.db.insertInto('leases').values(lease('u')).execute();
    expect(isUniqueViolation(await again.catch((error: unknown) => error))).toBe(true);
    const wrong = sql`select * from nowhere`.execute(database.db);
    expect(isUniqueViolation(await wrong.catch((error: unknown) => error))).toBe(false);
  });

  test('enforces foreign keys', async () => {
    const orphan = database.db
      .insertInto('person_aliases')
      .values({ alias: 'x', person_id: 'per_none' });
    await expect(orphan.execute()).rejects.toThrow(/foreign key/i);
  });

  test('keeps all of a transaction or nothing', async () => {
    await database.transaction(async (tx) => {
      await tx.insertInto('leases').values(lease('t1')).execute();
      await tx.insertInto('leases').values(lease('t2')).execute();
    });
    const failing = database.transaction(async (tx) => {
      await tx.insertInto('leases').values(lease('t3')).execute();
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    const names = await other.db
      .selectFrom('leases')
      .select('name')
      .where('name', 'like', 't_')
      .execute();
    expect(names.map((row) => row.name).toSorted()).toEqual(['t1', 't2']);
  });

  test('a transaction without a statement, and one that throws before its first, are fine', async () => {
    expect(await database.transaction(async () => 7)).toBe(7);
    const failing = database.transaction(async () => {
      throw new Error('at once');
    });
    await expect(failing).rejects.toThrow('at once');
    await database.ping();
  });

  test('a first statement that fails leaves nothing behind and the connection usable', async () => {
    const failing = database.transaction((tx) => sql`insert into nowhere values (1)`.execute(tx));
    await expect(failing).rejects.toThrow(/nowhere/);
    await fifty(() => database.ping());
  });

  test('a transaction in which a statement failed keeps nothing, even if nobody minded', async () => {
    await database.db.insertInto('leases').values(lease('a1')).execute();
    const careless = database.transaction(async (tx) => {
      await tx.insertInto('leases').values(lease('a2')).execute();
      await tx
        .insertInto('leases')
        .values(lease('a1'))
        .execute()
        .catch(() => {});
    });
    await expect(careless).rejects.toThrow(TransactionAborted);
    const kept = await database.db
      .selectFrom('leases')
      .select('name')
      .where('name', '=', 'a2')
      .execute();
    expect(kept).toEqual([]);
  });

  test('statements beside a transaction do not get into it', async () => {
    let inside: () => void = () => {};
    const begun = new Promise<void>((resolve) => {
      inside = resolve;
    });
    const transaction = database.transaction(async (tx) => {
      await tx.insertInto('leases').values(lease('b1')).execute();
      inside();
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new Error('rolled back');
    });
    await begun;
    await Promise.all([
      expect(transaction).rejects.toThrow('rolled back'),
      database.db.insertInto('leases').values(lease('b2')).execute(),
    ]);
    const names = await database.db
      .selectFrom('leases')
      .select('name')
      .where('name', 'like', 'b_')
      .execute();
    expect(names).toEqual([{ name: 'b2' }]);
  });

  test('using the database itself within a transaction is told instead of waiting for ever', async () => {
    const mixed = database.transaction(async () => database.ping());
    await expect(mixed).rejects.toThrow('a transaction is open here');
    const nested = database.transaction(async () => database.transaction(async () => 1));
    await expect(nested).rejects.toThrow('a transaction is open here');
    await database.ping();
  });

  test('50 concurrent read-then-write transactions on two handles lose nothing', async () => {
    await database.db.insertInto('leases').values(lease('counter')).execute();
    await fifty((index) =>
      (index % 2 === 0 ? database : other).transaction(async (tx) => {
        const row = await tx
          .selectFrom('leases')
          .select('until')
          .where('name', '=', 'counter')
          .executeTakeFirstOrThrow();
        await tx
          .updateTable('leases')
          .set({ until: row.until + 1 })
          .where('name', '=', 'counter')
          .execute();
      }),
    );
    const row = await database.db
      .selectFrom('leases')
      .select('until')
      .where('name', '=', 'counter')
      .executeTakeFirstOrThrow();
    expect(row.until).toBe(50);
  });

  test('of 50 parallel consumers on two handles exactly one gets a one-time thing', async () => {
    const outcomes = await fifty((index) =>
      consumeOnce((index % 2 === 0 ? database : other).db, 'code', 'hash', 1_000),
    );
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(await consumeOnce(database.db, 'other-kind', 'hash', 1_000)).toBe(true);
  });

  test('marks are forgotten only well after the thing itself has expired', async () => {
    expect(await pruneConsumed(database.db, 1_000)).toBe(0);
    expect(await consumeOnce(database.db, 'code', 'hash', 1_000)).toBe(false);
    expect(await pruneConsumed(database.db, 1_000 + 11 * 60_000)).toBe(2);
    expect(await consumeOnce(database.db, 'code', 'hash', 1_000)).toBe(true);
  });

  test('a file is readable by its owner only', () => {
    if (!('file' in place.options)) return;
    for (const suffix of ['', '-wal', '-shm']) {
      expect(statSync(`${place.options.file}${suffix}`).mode & 0o777).toBe(0o600);
    }
  });
});
