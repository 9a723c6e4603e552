import { createHash } from 'node:crypto';
import { a, add, b, curveAt, inverse, mod, p, squareRoot, toNumber, type Point } from './p256.js';

const sha256 = (...parts: Uint8Array[]): Buffer =>
  createHash('sha256').update(Buffer.concat(parts)).digest();

/** RFC 9380, 5.3.1, with SHA-256. */
export function expandMessage(message: Uint8Array, dst: string, length: number): Buffer {
  const tag = Buffer.concat([Buffer.from(dst, 'latin1'), Buffer.of(dst.length)]);
  const size = Buffer.of(length >> 8, length & 255);
  const first = sha256(Buffer.alloc(64), message, size, Buffer.of(0), tag);
  const blocks: Buffer[] = [];
  let last = Buffer.alloc(32);
  for (let index = 1; Buffer.concat(blocks).length < length; index += 1) {
    const mixed = Buffer.from(first.map((byte, at) => byte ^ (last[at] ?? 0)));
    last = Buffer.from(sha256(mixed, Buffer.of(index), tag));
    blocks.push(last);
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** P256_XMD:SHA-256_SSWU_RO_ (RFC 9380, 8.2). */
export function hashToCurve(message: Uint8Array, dst: string): Point {
  const uniform = expandMessage(message, dst, 96);
  const [first, second] = [uniform.subarray(0, 48), uniform.subarray(48)].map((part) =>
    mapToCurve(mod(toNumber(part))),
  ) as [Point, Point];
  return add(first, second);
}

/** Simplified SWU (RFC 9380, 6.6.2), Z = -10. */
function mapToCurve(u: bigint): Point {
  const z = p - 10n;
  const zu2 = mod(z * u * u);
  const tv = inverse(mod(zu2 * zu2 + zu2));
  const x1 = tv === 0n ? mod(b * inverse(mod(z * a))) : mod(-b * inverse(a) * (1n + tv));
  const x2 = mod(zu2 * x1);
  const root1 = squareRoot(curveAt(x1));
  const x = root1 === null ? x2 : x1;
  const y = root1 ?? squareRoot(curveAt(x2));
  if (y === null) throw new Error('one of the two is always a square');
  return { x, y: (u & 1n) === (y & 1n) ? y : p - y };
}
