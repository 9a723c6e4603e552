import { sql } from 'kysely';
import { failuresForgiven } from './lockout.js';

/**
 * `SET` of a new password, whichever way it came: everything issued before is void, wrong attempts are forgiven, and a
 * change that was demanded is done.
 */
export function newPassword(hash: string, now: number) {
  return {
    password_hash: hash,
    password_changed_at: now,
    password_change_demanded_at: null,
    epoch: sql<number>`epoch + 1`,
    ...failuresForgiven,
  };
}
