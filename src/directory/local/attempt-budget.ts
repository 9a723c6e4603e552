import { sql, type RawBuilder } from 'kysely';
import type { PersonId } from '../person.js';
import type { PasswordLockout } from './lockout.js';

/**
 * A person's wrong attempts are counted in one of two budgets: that of browsers known to have signed this person in,
 * and that of all others, so that others cannot lock people out of their own browsers.
 */
export type BudgetName = 'password' | 'known_browser';

type Condition = RawBuilder<boolean>;

interface BudgetColumns {
  failures: RawBuilder<number>;
  failedAt: RawBuilder<number | null>;
  lockedUntil: RawBuilder<number | null>;
}

const total = sql.ref('password_failures_total');

export function budgetColumns(name: BudgetName): BudgetColumns {
  return {
    failures: sql.ref(`${name}_failures`),
    failedAt: sql.ref(`${name}_failed_at`),
    lockedUntil: sql.ref(`${name}_locked_until`),
  };
}

/** A time or count as a parameter. Bare parameters have no type inside CASE on PostgreSQL. */
export const integer = (value: number): RawBuilder<number> => sql`cast(${value} as bigint)`;

/** Is the row's person one of those the browser is known for? */
export function isKnownBrowser(knownBrowserOf: readonly PersonId[]): Condition {
  return knownBrowserOf.length === 0
    ? sql`1 = 0`
    : sql`id in (${sql.join(knownBrowserOf.slice(0, 16))})`;
}

/**
 * `SET` that counts an attempt before it is judged. Whether this very attempt may be judged is read from the row
 * that comes back: exactly when the lock of its budget is null. An attempt beyond the limit counts nothing and
 * sets the lock, which also closes a budget whose last attempt was never judged because its process died.
 */
export function attemptReserved(known: Condition, now: number, lockout: PasswordLockout) {
  const ordinary = budget('password', sql`not (${known})`, now, lockout);
  const own = budget('known_browser', known, now, lockout);
  return {
    password_failures: ordinary.failures,
    password_failed_at: ordinary.failedAt,
    password_locked_until: ordinary.lockedUntil,
    known_browser_failures: own.failures,
    known_browser_failed_at: own.failedAt,
    known_browser_locked_until: own.lockedUntil,
    password_failures_total: sql<number>`${total} +
      case when ${ordinary.takesIt} or ${own.takesIt} then 1 else 0 end`,
  };
}

function budget(name: BudgetName, isUsed: Condition, now: number, lockout: PasswordLockout) {
  const { failures, failedAt, lockedUntil } = budgetColumns(name);
  const locked = sql`(${lockedUntil} > ${integer(now)})`;
  const isOver = sql`(${lockedUntil} <= ${integer(now)}
    or ${lockedUntil} is null and ${failedAt} <= ${integer(now - lockout.windowMs)})`;
  const counted = sql<number>`(case when ${isOver} then 0 else ${failures} end)`;
  const isFree = sql`(${counted} < ${integer(lockout.attempts)}
    and ${total} < ${integer(lockout.attemptsInAll)}
    and (${lockedUntil} is null or ${lockedUntil} <= ${integer(now)}))`;
  const takesIt: Condition = sql`((${isUsed}) and ${isFree})`;
  return {
    takesIt,
    failures: sql<number>`case when ${takesIt} then ${counted} + 1 else ${failures} end`,
    // Also when the attempt is refused: SQLite skips writing a row that stays the same, and that can be measured.
    failedAt: sql<number | null>`case when ${isUsed} then ${integer(now)} else ${failedAt} end`,
    lockedUntil: sql<number | null>`case
      when not (${isUsed}) or ${locked} then ${lockedUntil}
      when ${takesIt} then null
      else ${integer(now + lockout.durationMs)} end`,
  };
}

/** `SET` after a wrong password: the attempt that used up the budget locks it. */
export function attemptFailed(name: BudgetName, now: number, lockout: PasswordLockout) {
  const { failures, lockedUntil } = budgetColumns(name);
  const until = sql<number | null>`case
    when ${lockedUntil} is null and (${failures} >= ${integer(lockout.attempts)}
      or ${total} >= ${integer(lockout.attemptsInAll)})
    then ${integer(now + lockout.durationMs)} else ${lockedUntil} end`;
  return { [`${name}_locked_until`]: until };
}

/**
 * `SET` after a right password: this attempt and those counted before it are forgiven; one that came after it and
 * is still being judged stays counted.
 */
export function attemptsForgiven(name: BudgetName, reserved: { number: number; total: number }) {
  const { failures } = budgetColumns(name);
  const rest = (column: RawBuilder<unknown>, upTo: number) =>
    sql<number>`case when ${column} > ${integer(upTo)} then ${column} - ${integer(upTo)} else 0 end`;
  return {
    [`${name}_failures`]: rest(failures, reserved.number),
    [`${name}_locked_until`]: null,
    password_failures_total: rest(total, reserved.total),
  };
}
