/** How many wrong attempts in a row a factor takes, and how long it stays locked then. */
export interface Lockout {
  attempts: number;
  /** Milliseconds; at most 15 minutes, so that nobody can lock somebody else out for long. */
  durationMs: number;
}

/**
 * Wrong attempts in a row, over all locks, after which a factor takes none until another factor or the help desk opens it
 * again (NIST SP 800-63B-4, 3.2.2). Not configurable, because the standard says so.
 */
export const mostAttemptsInAll = 100;

/** A factor that takes no attempts. */
export interface Lock {
  /** Milliseconds since the epoch; may lie in the past. */
  until: number;
  /** It does not end by itself. */
  forGood: boolean;
}

/** For something enrolled that is open. */
export const noLock: Lock = { until: 0, forGood: false };

/** The lock that a row of `StrikeTable` has, also one that has run out; `null` for none. */
export function lockOf(row: { locked_until: number | null; failures_total: number }): Lock | null {
  const forGood = row.failures_total >= mostAttemptsInAll;
  return row.locked_until === null && !forGood ? null : { until: row.locked_until ?? 0, forGood };
}
