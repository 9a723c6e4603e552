import type { Verdicts } from './verdict.js';
import { clockSkewMs, entra } from './wire-names.js';

/** What was asked of this sign-in, and what the person was seen to do. */
export interface AskedStrength {
  /** Entra asked for two factors. */
  multiFactor: boolean;
  /** Seconds: the two factors must not be older; `null`: no limit. */
  multiFactorMaxAge: number | null;
  /** A new sign-in was asked for, at this time. */
  freshSince: number | null;
  /**
   * Kinds of factor the person showed while being watched; `null` when nobody watched, or when a session from before
   * may stand for them.
   */
  shown: number | null;
}

export const nothingAsked: AskedStrength = {
  multiFactor: false,
  multiFactorMaxAge: null,
  freshSince: null,
  shown: null,
};

/** The multi-factor claim: there when asked for, true when there; and when the person signed in. */
export function judgeStrength(
  found: { multiFactor: boolean; instant: number | null; now: number },
  asked: AskedStrength,
  verdicts: Verdicts,
): void {
  const { multiFactor, instant, now } = found;
  if (asked.multiFactor) {
    verdicts.expect(
      'Two factors were asked for and are asserted',
      multiFactor,
      'AADSTS75011',
      `${entra.multipleAuthentication} is missing; Entra asks again, or does its own multi-factor authentication`,
    );
  }
  if (asked.shown !== null) {
    verdicts.expect(
      'Two factors are asserted only if two were shown',
      !multiFactor || asked.shown >= 2,
      null,
      'one factor was shown and two are asserted; Entra believes it',
    );
  }
  if (
    !verdicts.expect(
      'It says when the person signed in',
      instant !== null && instant <= now + clockSkewMs,
      'AADSTS50008',
      instant === null ? 'it does not' : `${new Date(instant).toISOString()} is in the future`,
    ) ||
    instant === null
  ) {
    return;
  }
  if (asked.freshSince !== null) {
    verdicts.expect(
      'A new sign-in was asked for and is asserted',
      instant >= asked.freshSince - clockSkewMs,
      'AADSTS75011',
      `the sign-in is of ${new Date(instant).toISOString()}, before it was asked for`,
    );
  }
  if (asked.multiFactorMaxAge !== null && multiFactor) {
    verdicts.expect(
      'The two factors are not older than asked',
      instant >= now - asked.multiFactorMaxAge * 1000 - clockSkewMs,
      'AADSTS75011',
      `they are of ${new Date(instant).toISOString()}, and ${asked.multiFactorMaxAge} s were allowed`,
    );
  }
}
