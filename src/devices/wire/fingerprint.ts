import { sha256 } from '@noble/hashes/sha2.js';

/** Six digits by which a person sees that the phone in their hand is the one being added. */
export function deviceFingerprint(activation: string, deviceKey: Uint8Array): string {
  const text = `drawbridge-authenticator-v1 fingerprint\0${activation}\0`;
  const hash = sha256(Uint8Array.of(...new TextEncoder().encode(text), ...deviceKey));
  const first = new DataView(hash.buffer, hash.byteOffset).getBigUint64(0);
  return String(first % 1_000_000n).padStart(6, '0');
}

/** What the approval key signs when it is registered: that this device, in this activation, holds it. */
export function approvalKeyStatement(
  activation: string,
  deviceKey: Uint8Array,
  approvalKey: Uint8Array,
): Uint8Array {
  const text = `drawbridge-authenticator-v1 activation\0${activation}\0`;
  return Uint8Array.of(...new TextEncoder().encode(text), ...deviceKey, ...approvalKey);
}
