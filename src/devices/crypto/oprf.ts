import { p256_oprf } from '@noble/curves/nist.js';

/** The server's end of RFC 9497, suite P256-SHA256, mode 0: it learns nothing of the PIN, and without it there is no approval key. */

const keyInfo = new TextEncoder().encode('drawbridge-authenticator-v1 profile-key');

/** A profile's key from 32 random bytes. */
export function deriveOprfKey(seed: Uint8Array): Uint8Array {
  return p256_oprf.oprf.deriveKeyPair(seed, keyInfo).secretKey;
}

/** `null` when `blinded` is no compressed point on the curve, or the identity. */
export function evaluateBlinded(key: Uint8Array, blinded: Uint8Array): Uint8Array | null {
  if (blinded.length !== 33) return null;
  try {
    return p256_oprf.oprf.blindEvaluate(key, blinded);
  } catch {
    return null;
  }
}
