import type { RandomSource } from '../kernel/random.js';

/** 2 s, 4 s, 8 s … at most 15 minutes; ten attempts reach over about 35 minutes. */
const firstDelayMs = 2_000;
const longestDelayMs = 900_000;

/** Between half and all of the exponential delay, so that what failed together does not come back together. */
export function retryDelay(attempts: number, random: RandomSource): number {
  const full = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.max(0, attempts - 1));
  return Math.round(full * (0.5 + random.bytes(2).readUInt16BE() / 0x2_0000));
}
