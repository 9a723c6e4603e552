import pg from 'pg';
import { safeNumber } from './sql-values.js';

const POOL_SIZE = 10;
const INT8 = 20;
const NUMERIC = 1700;

/** Connections to PostgreSQL, with every wait bounded. */
export function createPostgresPool(url: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'drawbridge',
    max: POOL_SIZE,
    connectionTimeoutMillis: 3_000,
    statement_timeout: 5_000,
    lock_timeout: 4_000,
    idle_in_transaction_session_timeout: 10_000,
    // For a server that has gone silent and therefore cannot apply its own timeout.
    query_timeout: 6_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser },
  });
  // A lost connection is told by the statement that meets it. Without a listener the event would end the process:
  // the pool listens only while a connection is idle, hence the second one.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** Counts and epoch milliseconds come as int8, sums of them as numeric; both read as numbers, as with SQLite. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: unknown) => {
  if (oid === INT8) return (text: string) => safeNumber(BigInt(text));
  if (oid === NUMERIC) {
    return (text: string) => (/^-?\d+$/.test(text) ? safeNumber(BigInt(text)) : Number(text));
  }
  return pg.types.getTypeParser(oid, format as 'text') as (text: string) => unknown;
};
