/** What a relying party demands of a sign-in. Durations are milliseconds. */
export interface RelyingPartyPolicy {
  /** How many factors of different categories. */
  factors: 1 | 2;
  /** How old the sign-in may be; `null`: as long as the session lives. */
  maxAge: number | null;
  /** Factors that count; `null`: all. */
  allowedFactors: readonly string[] | null;
  /** Groups of which the person must be in at least one; `null`: everybody. */
  groups: readonly string[] | null;
}

export type { PolicyRule } from '../config/configuration.js';
