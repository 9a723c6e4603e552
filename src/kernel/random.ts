import { randomBytes } from 'node:crypto';

/** Source of cryptographic randomness. Injected so that tests can be deterministic where that is safe. */
export interface RandomSource {
  bytes(length: number): Buffer;
}

export const systemRandom: RandomSource = { bytes: (length) => randomBytes(length) };

/** An unguessable URL-safe token of `bits` bits (a multiple of 8). */
export function randomToken(random: RandomSource, bits = 256): string {
  return random.bytes(bits / 8).toString('base64url');
}
