/** Something a person proved, and when. The only source for acr, amr, AuthnContext, auth_time and policy. */
export interface FactorEvent {
  /** The factor's name: `password`, `otp`, `recovery-code`, … */
  factor: string;
  category: FactorCategory;
  /** RFC 8176 method reference of this very proof, for instance `pwd`, `otp`, `swk`. */
  amr: string;
  /** Milliseconds since the epoch, server clock. */
  at: number;
  /** The credential that was used, where there is one. */
  credential?: string;
}

/** NIST SP 800-63B-4: two factors count as two only when their categories differ. */
export type FactorCategory = 'knowledge' | 'possession' | 'inherence';
