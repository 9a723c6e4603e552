import { sql } from 'kysely';
import type { ExpressionBuilder, RawBuilder } from 'kysely';
import type { Tables } from '../../storage/sql/tables.js';
import { mostAttemptsInAll, type Lockout } from './lockout.js';

/**
 * Tables that count the wrong attempts of a factor. `failures`: attempts since the last right one that are not
 * known to be right. `failed_at`: when that run of attempts began, kept strictly growing from run to run, so that it
 * names the run and a strike can be taken back from its own run only. `failures_total`: as `failures`, but locks that
 * run out do not end it.
 */
export type StrikeTable = 'otp_credentials' | 'recovery_code_sets';

/** Takes the lock off; the run that led to it is over. */
export const strikesCleared = { failures: 0, failures_total: 0, locked_until: null } as const;

/**
 * `SET` of an attempt that is counted before it is verified. The attempt that reaches the limit locks the factor
 * there and then, and only being right undoes that: parallel guesses cannot outrun the limit. Goes with
 * `notLocked`; after a lock has run out the budget is fresh.
 */
export function strikeReserved(
  now: number,
  lockout: Lockout,
): {
  failures: RawBuilder<number>;
  failures_total: RawBuilder<number>;
  failed_at: RawBuilder<number>;
  locked_until: RawBuilder<number | null>;
} {
  const counted = sql<number>`case when locked_until is null then failures + 1 else 1 end`;
  // Bare parameters have no type inside CASE on PostgreSQL.
  const at = sql`cast(${now} as bigint)`;
  const until = sql`cast(${now + lockout.durationMs} as bigint)`;
  return {
    failures: counted,
    failures_total: sql<number>`failures_total + 1`,
    failed_at: sql<number>`case
      when failures > 0 and locked_until is null then failed_at
      when failed_at >= ${at} then failed_at + 1
      else ${at} end`,
    locked_until: sql<number | null>`case
      when (${counted}) >= cast(${lockout.attempts} as integer)
        or failures_total + 1 >= cast(${mostAttemptsInAll} as integer) then ${until}
      else null end`,
  };
}

/** `WHERE` of rows that take attempts. */
export const notLocked = (now: number) => (where: ExpressionBuilder<Tables, StrikeTable>) =>
  where.and([
    where.or([where('locked_until', 'is', null), where('locked_until', '<=', now)]),
    where('failures_total', '<', mostAttemptsInAll),
  ]);

/**
 * `SET` that takes one strike back, for an attempt that turned out to be no guess. Goes with `failures > 0` and
 * the `failed_at` that the reservation returned.
 */
export const strikeTakenBack = {
  failures: sql<number>`failures - 1`,
  failures_total: sql<number>`failures_total - 1`,
  locked_until: null,
} as const;
