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

/** An organisation-wide rule; the first that matches decides, after the relying party's own policy. */
export interface PolicyRule {
  name: string;
  when: {
    relyingParties: readonly string[] | null;
    groups: readonly string[] | null;
    /** CIDR blocks the client address must (not) be in. */
    networks: readonly string[] | null;
    outsideNetworks: readonly string[] | null;
  };
  then: { deny: true } | { factors: 1 | 2; maxAge: number | null };
}
