import { p256_oprf } from '@noble/curves/nist.js';

/** The client's end of RFC 9497, suite P256-SHA256, mode 0. */
export interface Blinding {
  /** Kept in memory until the answer is there, then forgotten. */
  blind: Uint8Array;
  /** Sent: says nothing about the input. */
  blinded: Uint8Array;
}

/** @param randomBytes for vectors; otherwise the system's */
export function blindInput(x: Uint8Array, randomBytes?: (length?: number) => Uint8Array): Blinding {
  const rng = randomBytes as Parameters<typeof p256_oprf.oprf.blind>[1];
  return p256_oprf.oprf.blind(x, rng);
}

/** @throws Error when `evaluated` is no point */
export const finishEvaluation = (
  x: Uint8Array,
  blind: Uint8Array,
  evaluated: Uint8Array,
): Uint8Array => p256_oprf.oprf.finalize(x, blind, evaluated);
