import { isCodeAt, stepAt } from './oath.js';
import type { OathParameters } from './oath.js';

/** A credential as needed to judge a code. */
export interface OpenCredential extends OathParameters {
  id: string;
  secret: Buffer;
  period: number;
  /** Steps by which this person's device is ahead (positive) or behind. */
  drift: number;
  /** The youngest step that was accepted; it and all before it are used up. */
  lastStep: number;
}

export type CodeMatch<Credential> =
  | { kind: 'fresh'; credential: Credential; step: number; offset: -1 | 0 | 1 }
  /** A right code whose step is used up. */
  | { kind: 'used' }
  | { kind: 'wrong' };

const offsets = [0, -1, 1] as const;

/**
 * Looks for a code among a person's credentials, one step either side of where each device's clock is thought to
 * be (RFC 6238 section 6). Always computes every candidate, so that the time taken does not tell which was near.
 */
export function matchCode<Credential extends OpenCredential>(
  credentials: readonly Credential[],
  code: string,
  now: number,
): CodeMatch<Credential> {
  let match: CodeMatch<Credential> = { kind: 'wrong' };
  for (const credential of credentials) {
    const centre = stepAt(now, credential.period) + credential.drift;
    for (const offset of offsets) {
      const step = centre + offset;
      if (!isCodeAt(credential.secret, step, credential, code)) continue;
      if (match.kind === 'fresh') continue;
      match =
        step > credential.lastStep ? { kind: 'fresh', credential, step, offset } : { kind: 'used' };
    }
  }
  return match;
}
