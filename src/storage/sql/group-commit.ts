import { setTimeout as delay } from 'node:timers/promises';
import type Database from 'libsql';
import OffThread from 'libsql/promise';
import { DependencyUnavailable } from '../../kernel/errors.js';
import { Mutex } from './mutex.js';
import { errorCode } from './sql-errors.js';
import { translateSqliteError } from './sqlite-file.js';

const BUSY_RETRY_DELAY_MS = 15;
const BUSY_ATTEMPTS = 250;

/** Work of its own within the transaction that is shared: it is kept, or as if it had never been. */
export interface Member {
  /** Resolves when it would survive a power cut. @throws DependencyUnavailable */
  commit(): Promise<void>;
  /** Resolves when what it saw of the others would. @throws DependencyUnavailable */
  rollback(): Promise<void>;
}

interface Waiting {
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Lets writes share what is dear about a commit, waiting for the disk. They take turns on one connection; who is done
 * makes room for the next, and waits until all who came meanwhile are committed together, on another thread. Nobody
 * hears of a success before that, nor of a failure, which may be due to what another one wrote.
 */
export class GroupCommit {
  readonly #database: Database.Database;
  readonly #turns = new Mutex();
  #isOpen = false;
  #done: Waiting[] = [];

  constructor(database: Database.Database) {
    this.#database = database;
  }

  /** Waits for a turn, which the member ends. @throws DependencyUnavailable */
  async join(): Promise<Member> {
    const endTurn = await this.#turns.acquire();
    try {
      if (this.#isOpen) {
        this.#database.exec('savepoint member');
        return {
          commit: () => this.#leave('release member', endTurn),
          rollback: () => this.#leave('rollback to member; release member', endTurn),
        };
      }
      await this.#begin();
      return {
        commit: () => this.#leave(null, endTurn),
        rollback: async () => {
          try {
            this.#undoAll();
          } catch (error) {
            throw translateSqliteError(error);
          } finally {
            endTurn();
          }
        },
      };
    } catch (error) {
      endTurn();
      throw translateSqliteError(error);
    }
  }

  /** Does work on the connection when everything is committed and nobody else is at it. */
  async alone<Value>(work: () => Value): Promise<Value> {
    const endTurn = await this.#turns.acquire();
    try {
      await this.#commitDone();
      return work();
    } finally {
      endTurn();
    }
  }

  /** IMMEDIATE, since a transaction that reads and then writes is refused when another process wrote in between. */
  async #begin(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.#database.exec('begin immediate');
        this.#isOpen = true;
        return;
      } catch (error) {
        if (attempt === BUSY_ATTEMPTS || errorCode(error) !== 'SQLITE_BUSY') throw error;
      }
      await delay(BUSY_RETRY_DELAY_MS);
    }
  }

  #leave(statement: string | null, endTurn: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#done.push({ resolve, reject });
      try {
        // What fails for a full disk or the like takes the whole transaction along.
        if (!this.#database.inTransaction) throw rolledBackByItself();
        if (statement !== null) this.#database.exec(statement);
        // Behind everybody who waits for a turn already.
        if (this.#done.length === 1) void this.alone(() => {});
      } catch (error) {
        this.#fail(error);
      } finally {
        endTurn();
      }
    });
  }

  async #commitDone(): Promise<void> {
    // Others have been faster, or they have failed together.
    if (this.#done.length === 0) return;
    try {
      await execOffThread(this.#database, 'commit');
      this.#isOpen = false;
      for (const { resolve } of this.#takeDone()) resolve();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    const translated = translateSqliteError(error);
    for (const { reject } of this.#takeDone()) reject(translated);
    try {
      this.#undoAll();
    } catch {
      // Then whoever begins next is told.
    }
  }

  #undoAll(): void {
    this.#isOpen = false;
    if (this.#database.inTransaction) this.#database.exec('rollback');
  }

  #takeDone(): Waiting[] {
    const done = this.#done;
    this.#done = [];
    return done;
  }
}

const rolledBackByItself = () =>
  new DependencyUnavailable('the database', new Error('SQLite has rolled the transaction back'));

/** libsql has two doors to the same connection; this one does not hold up the process meanwhile. */
function execOffThread(database: Database.Database, sql: string): Promise<void> {
  return OffThread.prototype.exec.call(database as unknown as OffThread, sql) as Promise<void>;
}
