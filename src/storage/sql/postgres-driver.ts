import type {
  CompiledQuery,
  DatabaseConnection,
  Driver,
  QueryResult,
  TransactionSettings,
} from 'kysely';
import type pg from 'pg';
import { queryAfterBegin, type NamedStatement } from './begin-with-statement.js';
import {
  connectionSurvives,
  isStalePreparation,
  translatePostgresError,
} from './postgres-errors.js';
import { TransactionAborted } from './sql-errors.js';
import { toSqlParameter } from './sql-values.js';
import { StatementNames } from './statement-names.js';

const LONG_STATEMENT_MS = 600_000;

/**
 * kysely's driver for PostgreSQL. Beside kysely's own it checks parameters as SQLite's does, sends BEGIN together
 * with the first statement, throws connections away that may be out of step, and tells outages from errors.
 * Transactions are REPEATABLE READ: of two that read and then write the same row, one is refused and run again.
 * What spans several rows (a limit on their number, say) needs a row that both write, a person's for instance.
 * READ COMMITTED is what migrations ask for; only they may take longer than a request can wait.
 */
export class PostgresPoolDriver implements Driver {
  readonly #pool: pg.Pool;
  readonly #assertMayAcquire: () => void;
  readonly #names: StatementNames | null;

  constructor(pool: pg.Pool, assertMayAcquire: () => void, keepsPrepared: boolean) {
    this.#pool = pool;
    this.#assertMayAcquire = assertMayAcquire;
    this.#names = keepsPrepared ? new StatementNames() : null;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PostgresConnection> {
    this.#assertMayAcquire();
    try {
      return new PostgresConnection(await this.#pool.connect(), this.#names);
    } catch (error) {
      throw translatePostgresError(error);
    }
  }

  async releaseConnection(connection: PostgresConnection): Promise<void> {
    connection.release();
  }

  async beginTransaction(
    connection: PostgresConnection,
    settings: TransactionSettings,
  ): Promise<void> {
    if (settings.isolationLevel === 'read committed') connection.allowLongStatements();
    connection.beginWithNextStatement(settings.isolationLevel ?? 'repeatable read');
  }

  async commitTransaction(connection: PostgresConnection): Promise<void> {
    await connection.commit();
  }

  async rollbackTransaction(connection: PostgresConnection): Promise<void> {
    await connection.rollback();
  }

  async destroy(): Promise<void> {
    await this.#pool.end();
  }
}

class PostgresConnection implements DatabaseConnection {
  readonly #client: pg.PoolClient;
  readonly #names: StatementNames | null;
  #inTransaction = false;
  #begin: string | undefined;
  #broken = false;
  #queryTimeoutMs: number | undefined;

  constructor(client: pg.PoolClient, names: StatementNames | null) {
    this.#client = client;
    this.#names = names;
  }

  allowLongStatements(): void {
    this.#queryTimeoutMs = LONG_STATEMENT_MS;
  }

  beginWithNextStatement(isolation: string): void {
    this.#begin = `begin isolation level ${isolation}`;
    this.#inTransaction = true;
  }

  async commit(): Promise<void> {
    if (this.#neverBegan()) return;
    const { command } = await this.#send('commit', []);
    // COMMIT of a transaction in which a statement failed is carried out as a rollback and reported as success.
    if (command === 'ROLLBACK') throw new TransactionAborted();
  }

  /** Never throws: a connection that cannot even roll back is thrown away, which rolls back too. */
  async rollback(): Promise<void> {
    if (this.#broken || this.#neverBegan()) return;
    await this.#send('rollback', []).catch(() => {
      this.#broken = true;
    });
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const result = await this.#send(query.sql, query.parameters.map(toSqlParameter));
    const changes = /^(INSERT|UPDATE|DELETE|MERGE)$/.test(result.command);
    return {
      rows: result.rows as Row[],
      ...(changes ? { numAffectedRows: BigInt(result.rowCount ?? 0) } : {}),
    };
  }

  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('streaming is not supported');
  }

  release(): void {
    this.#client.release(this.#broken);
  }

  #neverBegan(): boolean {
    const never = this.#begin !== undefined;
    this.#begin = undefined;
    return never;
  }

  async #send(text: string, values: unknown[]): Promise<pg.QueryResult> {
    const begin = this.#begin;
    this.#begin = undefined;
    // Without values pg asks in one message.
    const name = values.length > 0 ? this.#names?.of(text) : undefined;
    const statement = { text, values, name, query_timeout: this.#queryTimeoutMs };
    try {
      if (begin !== undefined) return await queryAfterBegin(this.#client, begin, statement);
      return await this.#query(statement);
    } catch (error) {
      if (!connectionSurvives(error)) this.#broken = true;
      throw translatePostgresError(error);
    }
  }

  async #query({ name, ...statement }: NamedStatement): Promise<pg.QueryResult> {
    if (name === undefined) return this.#client.query(statement);
    try {
      return await this.#client.query({ ...statement, name });
    } catch (error) {
      if (this.#inTransaction || !isStalePreparation(error)) throw error;
      this.#broken = true;
      return this.#client.query(statement);
    }
  }
}
