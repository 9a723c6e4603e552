import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { toBase64url } from '../wire/base64url.js';

/** An uncompressed P-256 point; `null` when it is none or not on the curve. */
export function readPublicKey(point: Uint8Array): KeyObject | null {
  if (point.length !== 65 || point[0] !== 4) return null;
  const x = toBase64url(point.subarray(1, 33));
  const y = toBase64url(point.subarray(33));
  try {
    return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
  } catch {
    return null;
  }
}

/** ES256 (RFC 7518, 3.4): the signature is `r || s`, 64 bytes. */
export function verifySignature(
  point: Uint8Array,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const key = readPublicKey(point);
  return (
    key !== null &&
    signature.length === 64 &&
    verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature)
  );
}
