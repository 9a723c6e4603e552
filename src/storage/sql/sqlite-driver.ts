import type Database from 'libsql';
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely';
import { DependencyUnavailable } from '../../kernel/errors.js';
import { GroupCommit, type Member } from './group-commit.js';
import { TransactionAborted } from './sql-errors.js';
import { toSqlParameter, type SqlParameter } from './sql-values.js';
import { IN_MEMORY, openSqliteFile, translateSqliteError } from './sqlite-file.js';
import { SqliteStatements } from './sqlite-statements.js';

/**
 * kysely's driver for an embedded SQLite file. Writes take turns on one connection and share commits, single
 * statements too (`GroupCommit`). Single reads go by a connection of their own, which sees what is committed; they wait
 * for nobody.
 */
export class SqliteFileDriver implements Driver {
  readonly #file: string;
  readonly #assertMayAcquire: () => void;
  #open: OpenFile | undefined;

  constructor(file: string, assertMayAcquire: () => void) {
    this.#file = file;
    this.#assertMayAcquire = assertMayAcquire;
  }

  async init(): Promise<void> {
    const writing = openSqliteFile(this.#file);
    const reading = this.#file === IN_MEMORY ? null : openSqliteFile(this.#file);
    reading?.pragma('query_only = on');
    this.#open = {
      writes: new GroupCommit(writing),
      statements: new SqliteStatements(writing),
      reads: reading === null ? null : new SqliteStatements(reading),
      databases: reading === null ? [writing] : [reading, writing],
    };
  }

  async acquireConnection(): Promise<SqliteFileConnection> {
    this.#assertMayAcquire();
    if (this.#open === undefined) {
      throw new DependencyUnavailable('the database', new Error('it has been closed'));
    }
    return new SqliteFileConnection(this.#open);
  }

  async releaseConnection(): Promise<void> {}

  async beginTransaction(connection: SqliteFileConnection): Promise<void> {
    await connection.begin();
  }

  async commitTransaction(connection: SqliteFileConnection): Promise<void> {
    await connection.commit();
  }

  async rollbackTransaction(connection: SqliteFileConnection): Promise<void> {
    await connection.rollback();
  }

  async destroy(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.writes.alone(() => {
      for (const database of open.databases) database.close();
    });
  }
}

interface OpenFile {
  writes: GroupCommit;
  /** On the connection that writes. */
  statements: SqliteStatements;
  /** `null` when nothing but the connection that writes can see the database. */
  reads: SqliteStatements | null;
  databases: readonly Database.Database[];
}

/** What kysely takes for a connection, for one statement or one transaction. */
class SqliteFileConnection implements DatabaseConnection {
  readonly #file: OpenFile;
  #member: Member | undefined;
  /** PostgreSQL gives up a transaction at its first failed statement; the same here, so that nobody relies on less. */
  #aborted = false;

  constructor(file: OpenFile) {
    this.#file = file;
  }

  async begin(): Promise<void> {
    this.#member = await this.#file.writes.join();
  }

  async commit(): Promise<void> {
    if (this.#aborted) throw new TransactionAborted();
    await this.#takeMember()?.commit();
  }

  async rollback(): Promise<void> {
    await this.#takeMember()?.rollback();
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const parameters = query.parameters.map(toSqlParameter);
    if (this.#member !== undefined) return this.#inTransaction(query.sql, parameters);
    if (/^\s*select\b/i.test(query.sql)) return this.#read(query.sql, parameters);
    await this.begin();
    try {
      const result = this.#inTransaction<Row>(query.sql, parameters);
      await this.commit();
      return result;
    } catch (error) {
      await this.rollback();
      throw error;
    }
  }

  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('streaming is not supported');
  }

  async #read<Row>(sql: string, parameters: SqlParameter[]): Promise<QueryResult<Row>> {
    const { reads, statements, writes } = this.#file;
    try {
      if (reads !== null) return reads.run(sql, parameters);
      return await writes.alone(() => statements.run(sql, parameters));
    } catch (error) {
      throw translateSqliteError(error);
    }
  }

  #inTransaction<Row>(sql: string, parameters: SqlParameter[]): QueryResult<Row> {
    if (this.#aborted) throw new TransactionAborted();
    try {
      return this.#file.statements.run(sql, parameters);
    } catch (error) {
      this.#aborted = true;
      throw translateSqliteError(error);
    }
  }

  #takeMember(): Member | undefined {
    const member = this.#member;
    this.#member = undefined;
    return member;
  }
}
