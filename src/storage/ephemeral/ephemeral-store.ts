/**
 * Port for short-lived state: sign-ins, sign-on sessions, codes, rate limits. Losing it means signing in
 * again and nothing worse. Keys are full strings (`session:…`); values are opaque strings (JSON of a record
 * that carries its version `v`). Every method throws `DependencyUnavailable` when the store does not answer.
 */
export interface EphemeralStore {
  /** One round trip for any number of keys; `null` for what is absent or expired. */
  read(keys: readonly string[]): Promise<(string | null)[]>;

  /** Reads and deletes in one atomic step: of parallel callers exactly one gets the value. */
  take(key: string): Promise<string | null>;

  /**
   * Applies all writes or none, in one atomic step and one round trip. With guards, nothing is written and
   * `false` is returned unless every guarded key holds exactly the expected value (`null`: is absent).
   */
  commit(writes: readonly EphemeralWrite[], guards?: readonly EphemeralGuard[]): Promise<boolean>;

  /** Adds one to a counter and returns the new count; the time to live starts with the first increment. */
  increment(key: string, ttlMs: number): Promise<number>;

  /** Members of a set written by `add-member`. */
  members(key: string): Promise<string[]>;

  /** Resolves when the store answers, throws `DependencyUnavailable` when it does not. */
  ping(): Promise<void>;

  close(): Promise<void>;
}

export type EphemeralWrite =
  /** `forAnybody`: anybody can have it written. Where memory is short such records are the first to be refused. */
  | { kind: 'set'; key: string; value: string; ttlMs: number; forAnybody?: true }
  | { kind: 'delete'; key: string }
  /** Sets live as long as their youngest member asked for. */
  | { kind: 'add-member'; key: string; member: string; ttlMs: number }
  | { kind: 'remove-member'; key: string; member: string };

export interface EphemeralGuard {
  key: string;
  expected: string | null;
}
