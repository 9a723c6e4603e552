import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';

/** RFC 6238: SHA-1, 6 digits, 30 seconds. @param now the server's time: device clock and offset */
export function codeAt(secret: Uint8Array, now: number): string {
  const counter = new Uint8Array(8);
  new DataView(counter.buffer).setBigUint64(0, BigInt(Math.floor(now / 30_000)));
  const hash = hmac(sha1, secret, counter);
  const offset = (hash[19] ?? 0) & 15;
  const number = new DataView(hash.buffer, hash.byteOffset).getUint32(offset) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}
