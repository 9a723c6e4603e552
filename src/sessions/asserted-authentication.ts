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
  /** RFC 8176 references of which one has to be true (External MFA). Absent: any. */
  references?: readonly string[];
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
  /** The one RFC 8176 reference to name beside the method (External MFA); `null`: none. */
  reference: string | null;
}

/** What External MFA demands of a second factor: measured, nothing else passes after a password. */
export const SECOND_FACTOR_ACR = 'possessionorinherence';

/** References that Entra takes for a second factor (measured). */
const secondFactorReferences: ReadonlySet<string> = new Set([
  ...['face', 'fido', 'fpt', 'hwk', 'iris', 'otp', 'pop', 'retina', 'sc', 'sms', 'swk', 'tel'],
  'vbm',
]);

const singleFactor: Readonly<Record<'ws-federation' | 'saml', string>> = {
  'ws-federation': 'urn:oasis:names:tc:SAML:1.0:am:password',
  saml: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
};

/**
 * What may be said of an authentication. Pure, and the only place that decides on
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
    ? afterForeignPassword(given, asked.references)
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
    const instant = strong.authTime;
    return { method: MULTIPLE_AUTHN, multiFactor, instant, reference: null };
  }
  const instant = passwords.length === 0 ? null : Math.max(...passwords.map(({ at }) => at));
  const method = instant === null ? null : passwordMethod;
  if (asked.method !== 'multi-factor') return { method, multiFactor, instant, reference: null };
  return { method: null, multiFactor, instant: null, reference: null };
}

/**
 * Entra has seen the password; ours is what else is proved, for this very request. Of several proofs the newest is named
 * that was asked for; none is called by another name than its own.
 */
function afterForeignPassword(
  { recent }: GivenProofs,
  asked: readonly string[] | undefined,
): AssertedAuthentication {
  const [newest] = recent
    .filter(({ category, amr }) => category !== 'knowledge' && secondFactorReferences.has(amr))
    .filter(({ amr }) => asked === undefined || asked.includes(amr))
    .toSorted((one, other) => other.at - one.at);
  const multiFactor = false;
  if (newest === undefined) {
    return { method: null, multiFactor, instant: null, reference: null };
  }
  const { amr: reference, at: instant } = newest;
  return { method: SECOND_FACTOR_ACR, multiFactor, instant, reference };
}

const isPassword = ({ factor }: FactorEvent): boolean => factor === 'password';
