import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { sql } from 'kysely';
import { DependencyUnavailable } from '../../src/kernel/errors.js';
import { queryAfterBegin } from '../../src/storage/sql/begin-with-statement.js';
import { openSqlDatabase } from '../../src/storage/sql/open-sql-database.js';
import type { SqlDatabase } from '../../src/storage/sql/sql-database.js';
import { freePort } from '../support/services/child-server.js';
import {
  postgresBinary,
  runSql,
  startPostgresCluster,
  type TestPostgres,
} from '../support/services/postgres-cluster.js';
import { until } from '../support/services/until.js';

(postgresBinary === undefined ? describe.skip : describe)('PostgreSQL coming and going', () => {
  let cluster: TestPostgres;
  let database: SqlDatabase;
  beforeAll(async () => {
    cluster = await startPostgresCluster({ max_connections: '20' });
    await runSql(cluster.url, 'create table kept (n bigint)');
    database = await openSqlDatabase({ url: cluster.url });
  });
  afterAll(async () => {
    await database.close();
    await cluster.remove();
  });

  const works = () =>
    database.ping().then(
      () => true,
      (error: unknown) => {
        expect(error).toBeInstanceOf(DependencyUnavailable);
        return false;
      },
    );
  const fillPool = () =>
    Promise.all(Array.from({ length: 10 }, () => sql`select pg_sleep(0.02)`.execute(database.db)));
  const insert = (tx: SqlDatabase['db'], n: number) =>
    sql`insert into kept values (${n})`.execute(tx);

  test('a kill -9 with idle connections is an outage, then everything works again', async () => {
    await fillPool();
    await cluster.server.kill('SIGKILL');
    await expect(database.ping()).rejects.toThrow(DependencyUnavailable);
    await expect(database.transaction((tx) => insert(tx, 1))).rejects.toThrow(
      DependencyUnavailable,
    );
    await cluster.server.start();
    await until(works);
    await Promise.all(Array.from({ length: 20 }, () => database.ping()));
  });

  test('a shutdown in the middle of a transaction keeps nothing of it', async () => {
    const interrupted = database.transaction(async (tx) => {
      await insert(tx, 2);
      await cluster.server.kill('SIGINT');
      await insert(tx, 3);
    });
    await expect(interrupted).rejects.toThrow(DependencyUnavailable);
    await cluster.server.start();
    await until(works);
    const { rows } = await sql`select n from kept`.execute(database.db);
    expect(rows).toEqual([]);
  });

  test('connections the server ends are replaced', async () => {
    await fillPool();
    await runSql(
      cluster.url,
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()',
    );
    await until(works);
  });

  test('no connection left at the server is an outage', async () => {
    const others = Array.from(
      { length: 20 },
      () => new pg.Client({ connectionString: cluster.url }),
    );
    for (const client of others) client.on('error', () => {});
    const fresh = await openSqlDatabase({ url: cluster.url });
    await Promise.allSettled(others.map((client) => client.connect()));
    await expect(fresh.ping()).rejects.toThrow(DependencyUnavailable);
    await Promise.allSettled(others.map((client) => client.end()));
    await until(() =>
      fresh.ping().then(
        () => true,
        () => false,
      ),
    );
    await fresh.close();
  });

  test('a database that takes no writes is an outage for writers only', async () => {
    const readOnly = new URL(cluster.url);
    readOnly.searchParams.set('options', '-c default_transaction_read_only=on');
    const standby = await openSqlDatabase({ url: readOnly.href });
    await standby.ping();
    await expect(insert(standby.db, 1)).rejects.toThrow(DependencyUnavailable);
    await standby.close();
  });

  test('a statement that hangs is cut off', async () => {
    await expect(sql`select pg_sleep(60)`.execute(database.db)).rejects.toThrow(
      DependencyUnavailable,
    );
    await database.ping();
  });

  test('nobody there from the start is an outage, and opening is none', async () => {
    const lost = await openSqlDatabase({
      url: `postgres://postgres@127.0.0.1:${await freePort()}/none`,
    });
    await expect(lost.ping()).rejects.toThrow(DependencyUnavailable);
    await lost.close();
  });

  test('when BEGIN fails, the statement sent along with it is not carried out', async () => {
    const client = new pg.Client({ connectionString: cluster.url });
    await client.connect();
    const statement = {
      text: 'insert into kept values ($1)',
      values: [7],
      name: 'insert_kept',
      query_timeout: undefined,
    };
    await expect(
      queryAfterBegin(client, 'begin isolation level nonsense', statement),
    ).rejects.toThrow(/syntax/);
    expect((await client.query('select n from kept where n = 7')).rows).toEqual([]);
    const result = await queryAfterBegin(client, 'begin', {
      ...statement,
      text: 'insert into kept values ($1) returning n',
      name: 'insert_kept_returning',
    });
    expect(result.rows).toEqual([{ n: '7' }]);
    await client.query('rollback');
    expect((await client.query('select n from kept where n = 7')).rows).toEqual([]);
    await client.end();
  });

  test('a first statement that is wrong says the same the second time', async () => {
    const wrong = () => database.transaction((tx) => sql`select ${1} from nowhere`.execute(tx));
    await expect(wrong()).rejects.toThrow(/"nowhere" does not exist/);
    await expect(wrong()).rejects.toThrow(/"nowhere" does not exist/);
  });

  const preparedOn = async (tx: SqlDatabase['db']) => {
    const { rows } = await sql<{ statement: string }>`
      select statement from pg_prepared_statements where statement like ${'%kept%'}`.execute(tx);
    return rows.map(({ statement }) => statement);
  };
  const insertTwice = (on: SqlDatabase) =>
    on.transaction(async (tx) => {
      await insert(tx, 20);
      await insert(tx, 21);
      return preparedOn(tx);
    });

  test('a statement is prepared once on each connection', async () => {
    await insertTwice(database);
    const kept = await insertTwice(database);
    expect(kept.filter((text) => text === 'insert into kept values ($1)')).toHaveLength(1);
  });

  test('nothing is kept prepared where that is switched off', async () => {
    const plain = await openSqlDatabase({ url: cluster.url, preparedStatements: false });
    expect(await insertTwice(plain)).toEqual([]);
    await plain.close();
  });

  test('a table that gets a column meanwhile is no trouble', async () => {
    await runSql(cluster.url, 'create table growing (a bigint); insert into growing values (1)');
    const read = (on: SqlDatabase['db']) =>
      sql`select * from growing where a = ${1}`.execute(on).then(({ rows }) => rows);
    const readLater = async (tx: SqlDatabase['db']) => {
      await sql`select 1`.execute(tx);
      return read(tx);
    };
    const one = Promise.all([read(database.db), database.transaction(read)]);
    expect(await one).toEqual([[{ a: 1 }], [{ a: 1 }]]);
    await database.transaction(readLater);
    await runSql(cluster.url, 'alter table growing add column b bigint');
    const whole = [{ a: 1, b: null }];
    expect(await database.transaction(readLater)).toEqual(whole);
    expect(await database.transaction(read)).toEqual(whole);
    await Promise.all(
      Array.from({ length: 20 }, async () => expect(await read(database.db)).toEqual(whole)),
    );
  });

  test('a connection that has forgotten what was prepared is no trouble either', async () => {
    await insertTwice(database);
    const forget = () => sql`deallocate all`.execute(database.db);
    await forget();
    await insert(database.db, 22);
    await forget();
    await database.transaction((tx) => insert(tx, 23));
    const { rows } = await sql`select n from kept where n in (22, 23) order by n`.execute(
      database.db,
    );
    expect(rows).toEqual([{ n: 22 }, { n: 23 }]);
  });
});
