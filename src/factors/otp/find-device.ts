import { maxDrift, type LearntDrift } from './drift.js';
import type { OpenCredential } from './match-code.js';
import { isCodeAt, stepAt } from './oath.js';

/** How far a device that counts presses may be ahead when two of its codes tell where it is. */
const mostPresses = 100;

/**
 * Where a device is, told by two codes in a row that are both unused: what its clock shows (the second code is the one
 * on it now), or how often it was pressed (RFC 4226 section 7.4). Two codes make a guess over all positions hopeless.
 * `null` when they fit nowhere within 10 steps or 100 presses.
 */
export function findDevice(
  credential: OpenCredential,
  code: string,
  nextCode: string,
  now: number,
): { step: number; learnt: LearntDrift } | null {
  const counts = credential.kind === 'hotp';
  const current = counts ? credential.lastStep + 2 : stepAt(now, credential.period);
  const [least, most] = counts ? [0, mostPresses] : [-maxDrift, maxDrift];
  let found: { step: number; learnt: LearntDrift } | null = null;
  for (let ahead = least; ahead <= most; ahead += 1) {
    const step = current + ahead;
    const fits =
      step - 1 > credential.lastStep &&
      isCodeAt(credential.secret, step - 1, credential, code) &&
      isCodeAt(credential.secret, step, credential, nextCode);
    if (fits) found ??= { step, learnt: { drift: counts ? 0 : ahead, run: 0 } };
  }
  return found;
}
