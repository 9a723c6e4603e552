/** How many wrong attempts in a row a factor takes, and how long it stays locked then. */
export interface Lockout {
  attempts: number;
  /** Milliseconds; at most 15 minutes, so that nobody can lock somebody else out for long. */
  durationMs: number;
}
