import { p256 } from '@noble/curves/nist.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';

/** From the stretched PIN to keys (`docs/authenticator-protocol.md`, section 3). Nothing here is ever stored. */

/** HMAC-SHA-256 under the device secret, which nobody can read. */
export type DeviceHmac = (message: Uint8Array) => Promise<Uint8Array>;

/** `x`: what the OPRF and the codes start from. */
export const pinInput = (stretched: Uint8Array, hmac: DeviceHmac): Promise<Uint8Array> =>
  hmac(stretched);

/** The code secret (20 bytes). */
export const codeSecretOf = (x: Uint8Array): Uint8Array => expand(x, 'otp', 20);

/** The approval key's private scalar. A wrong PIN gives another one that looks as good. */
export function approvalKeyOf(seed: Uint8Array): Uint8Array<ArrayBuffer> {
  const wide = toNumber(expand(seed, 'approval-key', 48));
  const scalar = (wide % (p256.Point.Fn.ORDER - 1n)) + 1n;
  return Uint8Array.from(p256.Point.Fn.toBytes(scalar));
}

/** Uncompressed, 65 bytes. Registered at activation and never stored on the device. */
export const approvalPublicKey = (approvalKey: Uint8Array): Uint8Array =>
  p256.getPublicKey(approvalKey, false);

/** ES256, `r || s`. */
export const signWithApprovalKey = (approvalKey: Uint8Array, data: Uint8Array): Uint8Array =>
  p256.sign(data, approvalKey);

function expand(key: Uint8Array, use: string, length: number): Uint8Array {
  const info = new TextEncoder().encode(`drawbridge-authenticator-v1 ${use}`);
  return hkdf(sha256, key, new Uint8Array(0), info, length);
}

function toNumber(bytes: Uint8Array): bigint {
  return bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n);
}
