import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../../src/kernel/clock.js';
import type { EphemeralStore } from '../../../src/storage/ephemeral/ephemeral-store.js';
import { createMemoryEphemeralStore } from '../../../src/storage/ephemeral/memory-ephemeral-store.js';
import { createRedisEphemeralStore } from '../../../src/storage/ephemeral/redis-ephemeral-store.js';
import {
  openSqlDatabase,
  type SqlDatabaseOptions,
} from '../../../src/storage/sql/open-sql-database.js';
import type { SqlDatabase } from '../../../src/storage/sql/sql-database.js';
import { runSql } from './postgres-cluster.js';

/** Unlike any other in this run and in parallel ones; a counter would begin anew in each test file. */
const freshName = () => `t_${randomBytes(10).toString('hex')}`;

/** An empty database (not migrated) that several handles can be opened on. */
export interface FreshSql {
  readonly options: SqlDatabaseOptions;
  /** Opens one more handle, as another process would; closed by `remove`. */
  open(): Promise<SqlDatabase>;
  remove(): Promise<void>;
}

export async function freshSqliteDatabase(): Promise<FreshSql> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-sqlite-'));
  return freshSql({ file: join(folder, 'test.sqlite') }, async () => {
    rmSync(folder, { recursive: true, force: true });
  });
}

/** Needs the shared PostgreSQL; see `sqlAdapters`. */
export async function freshPostgresDatabase(): Promise<FreshSql> {
  const server = process.env.DRAWBRIDGE_TEST_POSTGRES_URL;
  if (server === undefined) throw new Error('DRAWBRIDGE_TEST_POSTGRES_URL is not set');
  const name = freshName();
  await runSql(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return freshSql({ url: url.href }, async () => {
    await runSql(server, `drop database if exists ${name} with (force)`);
  });
}

function freshSql(options: SqlDatabaseOptions, drop: () => Promise<void>): FreshSql {
  const handles: SqlDatabase[] = [];
  return {
    options,
    open: async () => {
      const database = await openSqlDatabase(options);
      handles.push(database);
      return database;
    },
    remove: async () => {
      await Promise.all(handles.map((handle) => handle.close()));
      await drop();
    },
  };
}

export interface SqlAdapter {
  readonly name: 'sqlite' | 'postgres';
  fresh(): Promise<FreshSql>;
}

/** The databases that can be tested here, for `describe.each`. */
export const sqlAdapters: readonly SqlAdapter[] = [
  { name: 'sqlite', fresh: freshSqliteDatabase },
  ...(process.env.DRAWBRIDGE_TEST_POSTGRES_URL === undefined
    ? []
    : [{ name: 'postgres' as const, fresh: freshPostgresDatabase }]),
];

/** A part of the shared Redis that nobody else uses. */
export function freshRedis(): { url: string; keyPrefix: string } {
  const url = process.env.DRAWBRIDGE_TEST_REDIS_URL;
  if (url === undefined) throw new Error('DRAWBRIDGE_TEST_REDIS_URL is not set');
  return { url, keyPrefix: `${freshName()}:` };
}

export interface EphemeralAdapter {
  readonly name: 'memory' | 'redis';
  /** An empty store; the caller closes it. Redis goes by its own clock. */
  fresh(clock: Clock): EphemeralStore;
}

/** The stores that can be tested here, for `describe.each`. */
export const ephemeralAdapters: readonly EphemeralAdapter[] = [
  { name: 'memory', fresh: createMemoryEphemeralStore },
  ...(process.env.DRAWBRIDGE_TEST_REDIS_URL === undefined
    ? []
    : [{ name: 'redis' as const, fresh: () => createRedisEphemeralStore(freshRedis()) }]),
];
