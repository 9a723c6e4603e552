import { maxDrift } from './drift.js';
import { isCodeAt, stepAt } from './oath.js';
import type { OpenCredential } from './match-code.js';

/**
 * Where a device's clock is, told by two codes in a row that are both unused. Two codes make a guess over all 21
 * positions hopeless. `null` when they fit nowhere within the greatest drift.
 */
export function findDrift(
  credential: OpenCredential,
  code: string,
  nextCode: string,
  now: number,
): { drift: number; step: number } | null {
  const current = stepAt(now, credential.period);
  let found: { drift: number; step: number } | null = null;
  for (let drift = -maxDrift; drift <= maxDrift; drift += 1) {
    // The second code is the one on the device now.
    const step = current + drift;
    const fits =
      step - 1 > credential.lastStep &&
      isCodeAt(credential.secret, step - 1, credential, code) &&
      isCodeAt(credential.secret, step, credential, nextCode);
    if (fits) found ??= { drift, step };
  }
  return found;
}
