import { createHash } from 'node:crypto';
import { hashToCurve, expandMessage } from './hash-to-curve.js';
import { compressed, decompress, inverse, mod, multiply, n, toBytes, toNumber } from './p256.js';

/** RFC 9497, P256-SHA256, mode 0. */
const context = 'OPRFV1-\0-P256-SHA256';

export const blind = (x: Uint8Array, r: bigint): Buffer =>
  compressed(multiply(hashToCurve(x, `HashToGroup-${context}`), r));

export function finalize(x: Uint8Array, r: bigint, evaluated: Uint8Array): Buffer {
  const unblinded = compressed(multiply(decompress(evaluated), inverse(r, n)));
  const framed = [x, unblinded].flatMap((part) => [
    Buffer.of(part.length >> 8, part.length & 255),
    part,
  ]);
  return createHash('sha256')
    .update(Buffer.concat([...framed, Buffer.from('Finalize')]))
    .digest();
}

/** The server's part, to check vectors. */
export const evaluate = (key: Uint8Array, blinded: Uint8Array): Buffer =>
  compressed(multiply(decompress(blinded), toNumber(key)));

/** RFC 9497, 3.2.1. */
export function deriveKey(seed: Uint8Array, info: string): Buffer {
  const input = Buffer.concat([
    seed,
    Buffer.of(info.length >> 8, info.length & 255),
    Buffer.from(info),
    Buffer.of(0),
  ]);
  return toBytes(mod(toNumber(expandMessage(input, `DeriveKeyPair${context}`, 48)), n));
}
