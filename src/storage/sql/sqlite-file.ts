import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import { DependencyUnavailable } from '../../kernel/errors.js';
import { errorCode } from './sql-errors.js';

/** libsql waits inside the call, and with it the whole process, so this stays short and the rest is waited for elsewhere. */
const BLOCKING_WAIT_MS = 5;
/** While opening nobody else waits yet, and two processes may be making the same file. */
const OPENING_WAIT_MS = 5_000;

export const IN_MEMORY = ':memory:';

/** A connection to the file, which is made where there is none, readable by its owner only. */
export function openSqliteFile(file: string): Database.Database {
  if (file !== IN_MEMORY) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // Made here because SQLite would give it the process's mask; its -wal and -shm take the mode over.
    makeFile(file);
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

/**
 * Opens nothing that is there already: closing any descriptor of a file gives up all locks of the process on it (POSIX,
 * fcntl), those of connections too. Another process would take itself for the last one and remove the -wal under them.
 */
function makeFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

const UNAVAILABLE = /^SQLITE_(BUSY|FULL|IOERR|CANTOPEN|READONLY|PROTOCOL|LOCKED|NOMEM)/;

/** `DependencyUnavailable` where the file cannot be read or written now; else the error itself. */
export function translateSqliteError(error: unknown): unknown {
  return UNAVAILABLE.test(errorCode(error) ?? '')
    ? new DependencyUnavailable('the database', error)
    : error;
}
