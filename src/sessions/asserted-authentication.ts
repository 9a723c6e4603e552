import type { FactorEvent } from './factor-event.js';
import { strengthOf } from './strength.js';

/** In whose words it is said how somebody was authenticated. */
export type AssertingProtocol = 'ws-federation' | 'saml' | 'external-mfa';

/** Two factors of different kinds, in the words of Microsoft. Whoever says it falsely switches off Entra's own. */
export const MULTIPLE_AUTHN = 'http://schemas.microsoft.com/claims/multipleauthn';

/** What a request asks about how somebody is authenticated. Ages are milliseconds; `null`: no demand. */
export interface AskedAuthentication {
  method: 'any' | 'password' | 'multi-factor';
  /** Nothing that was proved before the request counts. */
  force: boolean;
  /** How old a proof may be that was given before the request. */
  maxAge: number | null;
  /** The same for what multi-factor rests on (`mfa_max_age`). */
  multiFactorMaxAge: number | null;
}

export interface GivenProofs {
  /** Of the session that was there before the request. */
  earlier: readonly FactorEvent[];
  /** Of the sign-in that this request led to, which held them to `force`, `maxAge` and a demand for multi-factor. */
  recent: readonly FactorEvent[];
}

export interface AssertedAuthentication {
  /** The URI (for External MFA the acr) to assert; `null`: nothing may be asserted. */
  method: string | null;
  multiFactor: boolean;
  /** When the oldest proof was given that the method rests on; `null` where there is none. */
  instant: number | null;
  /** What is still to be proved before anything is asserted. */
  stepUp: 'none' | 'password' | 'second-factor' | 'both';
}

const singleFactor: Readonly<Record<'ws-federation' | 'saml', string>> = {
  'ws-federation': 'urn:oasis:names:tc:SAML:1.0:am:password',
  saml: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
};

/**
 * What may be said of an authentication, and what is missing. Pure, and the only place that decides on
 * `multipleauthn`: two kinds of factor, both in this session and both within the age that was asked for. Never
 * stronger and never newer than what was proved.
 */
export function assertedAuthentication(
  protocol: AssertingProtocol,
  given: GivenProofs,
  asked: AskedAuthentication,
  now: number,
): AssertedAuthentication {
  return protocol === 'external-mfa'
    ? afterForeignPassword(given)
    : withPassword(singleFactor[protocol], given, asked, now);
}

function withPassword(
  passwordMethod: string,
  { earlier, recent }: GivenProofs,
  asked: AskedAuthentication,
  now: number,
): AssertedAuthentication {
  const within = (limit: number | null) => (proof: FactorEvent) =>
    limit === null || now - proof.at <= limit;
  const usable = asked.force ? [] : earlier.filter(within(asked.maxAge));
  const fresh = within(asked.multiFactorMaxAge);
  // Nobody has held a sign-in to the age of a multi-factor that it was not asked for.
  const recentEnough = asked.method === 'multi-factor' ? recent : recent.filter(fresh);
  const strong = strengthOf([...usable.filter(fresh), ...recentEnough]);
  const passwords = [...usable, ...recent].filter(isPassword);
  const strongPassword = [...usable.filter(fresh), ...recentEnough].some(isPassword);
  const multiFactor = strong.factors >= 2 && strongPassword;
  if (multiFactor) {
    return { method: MULTIPLE_AUTHN, multiFactor, instant: strong.authTime, stepUp: 'none' };
  }
  const instant = passwords.length === 0 ? null : Math.max(...passwords.map(({ at }) => at));
  const method = instant === null ? null : passwordMethod;
  if (asked.method !== 'multi-factor') {
    return { method, multiFactor, instant, stepUp: method === null ? 'password' : 'none' };
  }
  const missing = strongPassword ? 'second-factor' : strong.factors > 0 ? 'password' : 'both';
  return { method: null, multiFactor, instant: null, stepUp: missing };
}

/** Entra has seen the password; ours is what else is proved, for this very request. */
function afterForeignPassword({ recent }: GivenProofs): AssertedAuthentication {
  const proofs = recent.filter(({ category }) => category !== 'knowledge');
  if (proofs.length === 0) {
    return { method: null, multiFactor: false, instant: null, stepUp: 'second-factor' };
  }
  const instant = Math.max(...proofs.map(({ at }) => at));
  return { method: 'possessionorinherence', multiFactor: false, instant, stepUp: 'none' };
}

const isPassword = ({ factor }: FactorEvent): boolean => factor === 'password';
