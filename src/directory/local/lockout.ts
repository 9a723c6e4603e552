/** How many wrong passwords are taken, and what happens then. */
export interface PasswordLockout {
  /** Wrong attempts after which the password is refused for a while. */
  attempts: number;
  /** How long a wrong attempt counts, in milliseconds. */
  windowMs: number;
  /** How long a lock lasts, in milliseconds; at most 15 minutes, so that nobody can lock others out for long. */
  durationMs: number;
  /**
   * Wrong attempts in a row, over all locks, after which the password is refused until the help desk, another
   * factor or a new password opens again (NIST SP 800-63B-4, 3.2.2).
   */
  attemptsInAll: number;
}

export const defaultPasswordLockout: PasswordLockout = {
  attempts: 10,
  windowMs: 15 * 60_000,
  durationMs: 15 * 60_000,
  attemptsInAll: 100,
};

/** What forgets all wrong attempts. */
export const failuresForgiven = {
  password_failures: 0,
  password_failed_at: null,
  password_locked_until: null,
  known_browser_failures: 0,
  known_browser_failed_at: null,
  known_browser_locked_until: null,
  password_failures_total: 0,
} as const;
