/** P-256 over bigints (SEC 2, 2.4.2): as plain as can be. */
export const p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
export const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
export const a = p - 3n;
export const b = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;

export type Point = { x: bigint; y: bigint } | 'identity';

export const generator: Point = {
  x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
};

export const mod = (value: bigint, modulus = p): bigint => ((value % modulus) + modulus) % modulus;

export function power(base: bigint, exponent: bigint, modulus = p): bigint {
  let result = 1n;
  let square = mod(base, modulus);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** By Fermat; 0 for 0. */
export const inverse = (value: bigint, modulus = p): bigint => power(value, modulus - 2n, modulus);

export const curveAt = (x: bigint): bigint => mod(x * x * x + a * x + b);

/** p is 3 mod 4; `null` when there is none. */
export function squareRoot(value: bigint): bigint | null {
  const root = power(value, (p + 1n) / 4n);
  return (root * root) % p === mod(value) ? root : null;
}

export function add(one: Point, other: Point): Point {
  if (one === 'identity') return other;
  if (other === 'identity') return one;
  if (one.x === other.x && mod(one.y + other.y) === 0n) return 'identity';
  const slope =
    one.x === other.x
      ? mod((3n * one.x * one.x + a) * inverse(2n * one.y))
      : mod((other.y - one.y) * inverse(mod(other.x - one.x)));
  const x = mod(slope * slope - one.x - other.x);
  return { x, y: mod(slope * (one.x - x) - one.y) };
}

export function multiply(point: Point, scalar: bigint): Point {
  let result: Point = 'identity';
  let double = point;
  for (let rest = mod(scalar, n); rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = add(result, double);
    double = add(double, double);
  }
  return result;
}

export const toNumber = (bytes: Uint8Array): bigint =>
  BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`);

export const toBytes = (value: bigint, length = 32): Buffer =>
  Buffer.from(value.toString(16).padStart(2 * length, '0'), 'hex');

export function compressed(point: Point): Buffer {
  if (point === 'identity') throw new Error('the identity is not sent');
  return Buffer.concat([Buffer.of(point.y & 1n ? 3 : 2), toBytes(point.x)]);
}

export function uncompressed(point: Point): Buffer {
  if (point === 'identity') throw new Error('the identity is not sent');
  return Buffer.concat([Buffer.of(4), toBytes(point.x), toBytes(point.y)]);
}

export function decompress(bytes: Uint8Array): Point {
  const x = toNumber(bytes.subarray(1));
  const root = squareRoot(curveAt(x));
  if (bytes.length !== 33 || root === null) throw new Error('no point');
  return { x, y: (root & 1n) === BigInt((bytes[0] ?? 0) & 1) ? root : p - root };
}
