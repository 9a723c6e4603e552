import Database from 'libsql';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../../kernel/clock.js';
import { DrawbridgeError } from '../../kernel/errors.js';
import { errorCode } from './sql-errors.js';

/** Another server process works on this database file. */
export class EmbeddedDatabaseInUse extends DrawbridgeError {
  constructor(file: string, holder: string) {
    super(
      'embedded_database_in_use',
      `${file} is in use by ${holder}; an embedded database serves one process`,
    );
  }
}

export interface EmbeddedLock {
  release(): void;
}

/**
 * Makes this the one server process of an embedded database file, until it releases the lock or ends, however it
 * ends. The CLI works without it. The lock is the operating system's, taken through SQLite on a file of its own
 * (`<file>.lock`): a process id alone says nothing across containers or after ids were reused, and there is no
 * stale lock to judge. `<file>.holder` tells who it is; nothing is decided by it.
 * @throws EmbeddedDatabaseInUse naming the holder
 */
export function acquireEmbeddedLock(file: string, clock: Clock): EmbeddedLock {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const holderFile = `${file}.holder`;
  const lock = new Database(`${file}.lock`, { timeout: 0 });
  try {
    lock.exec('begin exclusive');
  } catch (error) {
    lock.close();
    if (errorCode(error) !== 'SQLITE_BUSY') throw error;
    throw new EmbeddedDatabaseInUse(file, readHolder(holderFile));
  }
  chmodSync(`${file}.lock`, 0o600);
  const holder = { pid: process.pid, started: new Date(clock.now()).toISOString() };
  writeFileSync(holderFile, JSON.stringify(holder), { mode: 0o600 });
  let held = true;
  return {
    release: () => {
      if (!held) return;
      held = false;
      rmSync(holderFile, { force: true });
      lock.close();
    },
  };
}

function readHolder(holderFile: string): string {
  try {
    const holder = JSON.parse(readFileSync(holderFile, 'utf8')) as { pid: number; started: string };
    return `process ${holder.pid}, started ${holder.started}`;
  } catch {
    // Between taking the lock and telling about it, or the file was removed by hand.
    return 'another process';
  }
}
