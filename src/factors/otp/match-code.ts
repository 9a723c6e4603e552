import { isCodeAt, stepAt } from './oath.js';
import type { OathParameters } from './oath.js';

/** A credential as needed to judge a code. */
export interface OpenCredential extends OathParameters {
  id: string;
  /** What its codes follow: the clock (RFC 6238) or how often the device was pressed (RFC 4226). */
  kind: 'totp' | 'hotp';
  secret: Buffer;
  period: number;
  /** Steps by which this person's device is ahead (positive) or behind. */
  drift: number;
  /** The youngest step or counter that was accepted; it and all before it are used up. */
  lastStep: number;
}

export type CodeMatch<Credential> =
  | { kind: 'fresh'; credential: Credential; step: number; offset: -1 | 0 | 1 }
  /** A right code whose step is used up. */
  | { kind: 'used' }
  | { kind: 'wrong' };

/** Presses whose codes were never typed in; more are found again by two codes. */
export const lookAhead = 10;

/**
 * Looks for a code among a person's credentials: one step either side of where each device's clock is thought to be
 * (RFC 6238 section 6), or among the next presses (RFC 4226 section 7.2), never among earlier ones. Always computes
 * every candidate, so that the time taken does not tell which was near.
 */
export function matchCode<Credential extends OpenCredential>(
  credentials: readonly Credential[],
  code: string,
  now: number,
): CodeMatch<Credential> {
  let match: CodeMatch<Credential> = { kind: 'wrong' };
  for (const credential of credentials) {
    for (const { step, offset } of candidates(credential, now)) {
      if (!isCodeAt(credential.secret, step, credential, code)) continue;
      if (match.kind === 'fresh') continue;
      match =
        step > credential.lastStep ? { kind: 'fresh', credential, step, offset } : { kind: 'used' };
    }
  }
  return match;
}

const offsets = [0, -1, 1] as const;

function candidates(
  { kind, lastStep, period, drift }: OpenCredential,
  now: number,
): readonly { step: number; offset: -1 | 0 | 1 }[] {
  if (kind === 'hotp') {
    // The last one too: sent twice, it is used up and not wrong.
    return Array.from({ length: lookAhead + 2 }, (_, ahead) => ({
      step: lastStep + ahead,
      offset: 0,
    }));
  }
  const centre = stepAt(now, period) + drift;
  return offsets.map((offset) => ({ step: centre + offset, offset }));
}
