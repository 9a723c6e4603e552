import pg from 'pg';
import { DependencyUnavailable, DrawbridgeError } from '../../kernel/errors.js';

/**
 * SQLSTATE classes and codes that say "not now" about the server rather than "wrong" about the statement:
 * connection trouble, out of resources, shutting down or starting, cancelled by a timeout, lock not available,
 * a standby that takes no writes, system errors.
 */
const UNAVAILABLE = /^(08...|53...|57P0[1-5]|57014|55P03|25006|25P03|58...|XX001)$/;
const CONFLICT = new Set(['40001', '40P01']);

/** Two transactions got in each other's way and the server undid this one, say; running it again is the remedy. */
export function isConflict(error: unknown): boolean {
  if (isStalePreparation(error)) return true;
  return error instanceof pg.DatabaseError && CONFLICT.has(error.code ?? '');
}

/**
 * What was prepared on this connection does not fit any more: a migration has given the table a column, or the server
 * behind a pooler is another one. The statement has not run.
 */
export function isStalePreparation(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return false;
  return (
    error.code === '26000' || (error.code === '0A000' && error.routine === 'RevalidateCachedQuery')
  );
}

/** What the server says with a SQLSTATE is passed on unless it means an outage; everything else is a lost connection. */
export function translatePostgresError(error: unknown): unknown {
  if (error instanceof DrawbridgeError) return error;
  if (error instanceof pg.DatabaseError && !UNAVAILABLE.test(error.code ?? '')) return error;
  return new DependencyUnavailable('the database', error);
}

/** Whether the connection may be used again after this error. */
export function connectionSurvives(error: unknown): boolean {
  if (error instanceof DrawbridgeError) return true;
  if (isStalePreparation(error)) return false;
  return error instanceof pg.DatabaseError && !/^(08|57P)/.test(error.code ?? '');
}
