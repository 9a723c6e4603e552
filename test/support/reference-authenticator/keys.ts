import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { hashRaw } from '@node-rs/argon2';
import { generator, multiply, n, toBytes, toNumber, uncompressed } from './p256.js';

const prefix = 'drawbridge-authenticator-v1';
const b64u = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

export const stretch = (pin: string, salt: Uint8Array): Promise<Buffer> =>
  hashRaw(pin, {
    algorithm: 2, // Argon2id
    memoryCost: 19_456,
    timeCost: 2,
    parallelism: 1,
    outputLen: 32,
    salt: Buffer.from(salt),
  });

export const mixIn = (deviceSecret: Uint8Array, stretched: Uint8Array): Buffer =>
  createHmac('sha256', deviceSecret).update(stretched).digest();

const expand = (key: Uint8Array, use: string, length: number): Buffer =>
  Buffer.from(hkdfSync('sha256', key, '', `${prefix} ${use}`, length));

export const codeSecret = (x: Uint8Array): Buffer => expand(x, 'otp', 20);

export const approvalScalar = (seed: Uint8Array): Buffer =>
  toBytes((toNumber(expand(seed, 'approval-key', 48)) % (n - 1n)) + 1n);

export const publicKeyOf = (scalar: Uint8Array): Buffer =>
  uncompressed(multiply(generator, toNumber(scalar)));

function jwkOf(point: Uint8Array) {
  const x = b64u(point.subarray(1, 33));
  return { kty: 'EC', crv: 'P-256', x, y: b64u(point.subarray(33)) };
}

export const signingKey = (scalar: Uint8Array): KeyObject =>
  createPrivateKey({ key: { ...jwkOf(publicKeyOf(scalar)), d: b64u(scalar) }, format: 'jwk' });

export const signBytes = (scalar: Uint8Array, data: Uint8Array): Buffer =>
  sign('sha256', data, { key: signingKey(scalar), dsaEncoding: 'ieee-p1363' });

export const verifyBytes = (point: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean =>
  verify(
    'sha256',
    data,
    { key: createPublicKey({ key: jwkOf(point), format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
    signature,
  );

/** @param purpose `request`, or `approval` by one of the two keys */
export function signedText(
  purpose: 'request' | 'approval',
  key: { kid: string; scalar: Uint8Array },
  payload: string,
): string {
  const header = { alg: 'ES256', typ: `drawbridge-${purpose}+jws`, kid: key.kid };
  const start = `${b64u(Buffer.from(JSON.stringify(header)))}.${b64u(Buffer.from(payload))}`;
  return `${start}.${b64u(signBytes(key.scalar, Buffer.from(start)))}`;
}

const labelled = (use: string, activation: string, ...keys: Uint8Array[]): Buffer =>
  Buffer.concat([Buffer.from(`${prefix} ${use}\0${activation}\0`), ...keys]);

export function fingerprint(activation: string, deviceKey: Uint8Array): string {
  const hash = createHash('sha256')
    .update(labelled('fingerprint', activation, deviceKey))
    .digest();
  return String(hash.readBigUInt64BE() % 1_000_000n).padStart(6, '0');
}

export const approvalKeyStatement = (
  activation: string,
  deviceKey: Uint8Array,
  approvalKey: Uint8Array,
): Buffer => labelled('activation', activation, deviceKey, approvalKey);

export function codeAt(secret: Uint8Array, time: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(time / 30_000)));
  const hash = createHmac('sha1', secret).update(counter).digest();
  const offset = hash.readUInt8(19) & 15;
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** 160 bits as 32 characters. */
export function activationCode(bytes: Uint8Array): string {
  let rest = toNumber(bytes);
  let code = '';
  for (let index = 0; index < 32; index += 1) {
    code = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.charAt(Number(rest & 31n)) + code;
    rest >>= 5n;
  }
  return code;
}
