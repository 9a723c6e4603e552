import {
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely';
import type { Dialect, Driver } from 'kysely';
import { setTimeout as delay } from 'node:timers/promises';
import { DependencyUnavailable } from '../../kernel/errors.js';
import { collectEffects } from './after-commit.js';
import { Mutex } from './mutex.js';
import { OpenTransaction } from './open-transaction.js';
import { PostgresPoolDriver } from './postgres-driver.js';
import { isConflict } from './postgres-errors.js';
import { createPostgresPool } from './postgres-pool.js';
import type { Queryable, SqlDatabase } from './sql-database.js';
import { SqliteFileDriver } from './sqlite-driver.js';
import type { Tables } from './tables.js';

/**
 * An SQLite file (`:memory:` for none) or the URL of a PostgreSQL database. `preparedStatements: false`: for a pooler that
 * gives every transaction another connection and knows nothing of prepared statements.
 */
export type SqlDatabaseOptions = { file: string } | { url: string; preparedStatements?: boolean };

const TRANSACTION_ATTEMPTS = 12;
const RETRY_DELAY_STEP_MS = 4;

/**
 * Opens the durable store. A file is created, readable by its owner only. A PostgreSQL server is first asked
 * when something is read or written, so that the process starts while it is away.
 */
export async function openSqlDatabase(options: SqlDatabaseOptions): Promise<SqlDatabase> {
  const openTransaction = new OpenTransaction();
  const assertMayAcquire = () => openTransaction.assertNone();
  const driver =
    'file' in options
      ? new SqliteFileDriver(options.file, assertMayAcquire)
      : new PostgresPoolDriver(
          createPostgresPool(options.url),
          assertMayAcquire,
          options.preparedStatements ?? true,
        );
  const dialect = driver instanceof SqliteFileDriver ? 'sqlite' : 'postgres';
  const db = new Kysely<Tables>({ dialect: kyselyDialect(dialect, driver) });
  const database = new KyselySqlDatabase(dialect, db, openTransaction);
  if (dialect === 'sqlite') await database.ping();
  return database;
}

class KyselySqlDatabase implements SqlDatabase {
  readonly dialect: 'postgres' | 'sqlite';
  readonly db: Queryable;
  readonly #openTransaction: OpenTransaction;
  readonly #retries = new Mutex();

  constructor(dialect: 'postgres' | 'sqlite', db: Queryable, openTransaction: OpenTransaction) {
    this.dialect = dialect;
    this.db = db;
    this.#openTransaction = openTransaction;
  }

  async transaction<Value>(work: (tx: Queryable) => Promise<Value>): Promise<Value> {
    try {
      return await this.#once(work);
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
    // One at a time in this process, or those that lost would go on losing to each other.
    const release = await this.#retries.acquire();
    try {
      return await this.#untilDone(work);
    } finally {
      release();
    }
  }

  async ping(): Promise<void> {
    await sql`select 1`.execute(this.db);
  }

  async close(): Promise<void> {
    await this.db.destroy();
  }

  async #untilDone<Value>(work: (tx: Queryable) => Promise<Value>): Promise<Value> {
    for (let attempt = 2; ; attempt += 1) {
      try {
        return await this.#once(work);
      } catch (error) {
        if (!isConflict(error)) throw error;
        if (attempt === TRANSACTION_ATTEMPTS)
          throw new DependencyUnavailable('the database', error);
      }
      await delay(attempt * RETRY_DELAY_STEP_MS);
    }
  }

  /** The connection comes first and the mark second, because kysely asks for the connection inside. */
  async #once<Value>(work: (tx: Queryable) => Promise<Value>): Promise<Value> {
    this.#openTransaction.assertNone();
    let runEffects: (() => void) | undefined;
    const value = await this.db.transaction().execute((tx) => {
      runEffects = collectEffects(tx);
      return this.#openTransaction.run(() => work(tx));
    });
    runEffects?.();
    return value;
  }
}

function kyselyDialect(dialect: 'postgres' | 'sqlite', driver: Driver): Dialect {
  const postgres = dialect === 'postgres';
  return {
    createDriver: () => driver,
    createAdapter: () => (postgres ? new PostgresAdapter() : new SqliteAdapter()),
    createQueryCompiler: () => (postgres ? new PostgresQueryCompiler() : new SqliteQueryCompiler()),
    createIntrospector: (db) =>
      postgres ? new PostgresIntrospector(db) : new SqliteIntrospector(db),
  };
}
