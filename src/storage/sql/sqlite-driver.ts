import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'libsql';
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely';
import { DependencyUnavailable } from '../../kernel/errors.js';
import { Mutex } from './mutex.js';
import { TransactionAborted, errorCode } from './sql-errors.js';
import { safeNumber, toSqlParameter } from './sql-values.js';

/** libsql waits inside the call, and with it the whole process, so this stays short and the rest is waited for here. */
const BLOCKING_WAIT_MS = 5;
/** While opening nobody else waits yet, and two processes may be making the same file. */
const OPENING_WAIT_MS = 5_000;
const BUSY_RETRY_DELAY_MS = 15;
const BUSY_ATTEMPTS = 250;

/**
 * kysely's driver for an embedded SQLite file. One connection, handed to one holder at a time. Every write runs
 * in BEGIN IMMEDIATE, single statements too: a deferred transaction that reads and then writes is refused by SQLite
 * when another process wrote in between, and a statement that libsql saw refused as busy keeps the write lock
 * of the next one until the garbage collector comes by. Only BEGIN can be refused this way.
 */
export class SqliteFileDriver implements Driver {
  readonly #file: string;
  readonly #mutex = new Mutex();
  readonly #assertMayAcquire: () => void;
  #connection: SqliteFileConnection | undefined;
  #release: () => void = () => {};

  constructor(file: string, assertMayAcquire: () => void) {
    this.#file = file;
    this.#assertMayAcquire = assertMayAcquire;
  }

  async init(): Promise<void> {
    this.#connection = new SqliteFileConnection(openFile(this.#file));
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    this.#assertMayAcquire();
    const release = await this.#mutex.acquire();
    if (this.#connection === undefined) {
      release();
      throw new DependencyUnavailable('the database', new Error('it has been closed'));
    }
    this.#release = release;
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    this.#release();
  }

  async beginTransaction(): Promise<void> {
    await this.#connection?.begin();
  }

  async commitTransaction(): Promise<void> {
    this.#connection?.end('commit');
  }

  async rollbackTransaction(): Promise<void> {
    this.#connection?.end('rollback');
  }

  async destroy(): Promise<void> {
    const release = await this.#mutex.acquire();
    this.#connection?.close();
    this.#connection = undefined;
    release();
  }
}

class SqliteFileConnection implements DatabaseConnection {
  readonly #database: Database.Database;
  #inTransaction = false;
  /** PostgreSQL gives up a transaction at its first failed statement; the same here, so that nobody relies on less. */
  #aborted = false;

  constructor(database: Database.Database) {
    this.#database = database;
  }

  async begin(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.#database.exec('begin immediate');
        this.#inTransaction = true;
        this.#aborted = false;
        return;
      } catch (error) {
        if (attempt === BUSY_ATTEMPTS || errorCode(error) !== 'SQLITE_BUSY') throw translate(error);
      }
      await delay(BUSY_RETRY_DELAY_MS);
    }
  }

  end(how: 'commit' | 'rollback'): void {
    if (how === 'commit' && this.#aborted) throw new TransactionAborted();
    try {
      this.#database.exec(how);
    } catch (error) {
      // A full disk or the like has rolled back already, then there is nothing left to end.
      if (this.#database.inTransaction) this.#database.exec('rollback');
      if (how === 'commit') throw translate(error);
    } finally {
      this.#inTransaction = false;
    }
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const parameters = query.parameters.map(toSqlParameter);
    if (this.#inTransaction || /^\s*(select|pragma)\b/i.test(query.sql)) {
      return this.#execute(query.sql, parameters);
    }
    await this.begin();
    try {
      const result = this.#execute<Row>(query.sql, parameters);
      this.end('commit');
      return result;
    } catch (error) {
      if (this.#inTransaction) this.end('rollback');
      throw error;
    }
  }

  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('streaming is not supported');
  }

  close(): void {
    this.#database.close();
  }

  #execute<Row>(sql: string, parameters: unknown[]): QueryResult<Row> {
    if (this.#inTransaction && this.#aborted) throw new TransactionAborted();
    try {
      const statement = this.#database.prepare(sql);
      if (statement.reader) {
        const rows = statement.all(parameters) as Record<string, unknown>[];
        return { rows: rows.map(toRow) as Row[] };
      }
      const { changes, lastInsertRowid } = statement.run(parameters);
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
    } catch (error) {
      this.#aborted = true;
      throw translate(error);
    }
  }
}

function openFile(file: string): Database.Database {
  if (file !== ':memory:') {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // Made here because SQLite would give it the process's mask; its -wal and -shm take the mode over.
    closeSync(openSync(file, 'a', 0o600));
    chmodSync(file, 0o600);
  }
  const database = new Database(file, { timeout: OPENING_WAIT_MS });
  database.defaultSafeIntegers(true);
  database.pragma('journal_mode = wal');
  database.pragma('synchronous = full');
  database.pragma('foreign_keys = on');
  database.pragma(`busy_timeout = ${BLOCKING_WAIT_MS}`);
  return database;
}

function toRow(columns: Record<string, unknown>): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(columns)) {
    if (typeof value === 'bigint') row[name] = safeNumber(value);
    else row[name] = value instanceof ArrayBuffer ? Buffer.from(value) : value;
  }
  return row;
}

const UNAVAILABLE = /^SQLITE_(BUSY|FULL|IOERR|CANTOPEN|READONLY|PROTOCOL|LOCKED|NOMEM)/;

function translate(error: unknown): unknown {
  return UNAVAILABLE.test(errorCode(error) ?? '')
    ? new DependencyUnavailable('the database', error)
    : error;
}
