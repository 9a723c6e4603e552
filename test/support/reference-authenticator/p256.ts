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

/** A point as X/Z², Y/Z³: no inverse until the end, which is what tests that sign a hundred times wait for. */
interface Jacobian {
  x: bigint;
  y: bigint;
  z: bigint;
}

const infinity: Jacobian = { x: 1n, y: 1n, z: 0n };

function doubled({ x, y, z }: Jacobian): Jacobian {
  if (z === 0n || y === 0n) return infinity;
  const yy = (y * y) % p;
  const s = (4n * x * yy) % p;
  const zz = (z * z) % p;
  const m = mod(3n * x * x + a * zz * zz);
  const next = mod(m * m - 2n * s);
  return { x: next, y: mod(m * (s - next) - 8n * yy * yy), z: (2n * y * z) % p };
}

function plus(one: Jacobian, other: { x: bigint; y: bigint }): Jacobian {
  if (one.z === 0n) return { ...other, z: 1n };
  const zz = (one.z * one.z) % p;
  const h = mod(other.x * zz - one.x);
  const r = mod(other.y * zz * one.z - one.y);
  if (h === 0n) return r === 0n ? doubled(one) : infinity;
  const hh = (h * h) % p;
  const hhh = (h * hh) % p;
  const v = (one.x * hh) % p;
  const x = mod(r * r - hhh - 2n * v);
  return { x, y: mod(r * (v - x) - one.y * hhh), z: (one.z * h) % p };
}

export function multiply(point: Point, scalar: bigint): Point {
  if (point === 'identity') return point;
  let result = infinity;
  for (const bit of mod(scalar, n).toString(2)) {
    result = doubled(result);
    if (bit === '1') result = plus(result, point);
  }
  if (result.z === 0n) return 'identity';
  const inverted = inverse(result.z);
  const square = (inverted * inverted) % p;
  return { x: (result.x * square) % p, y: (result.y * square * inverted) % p };
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
