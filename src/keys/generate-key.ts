import { generateKeyPair } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint } from 'jose';
import type { RandomSource } from '../kernel/random.js';
import { keyPurposes } from './key-purposes.js';
import type { KeyPurpose, SigningKey } from './key-store.js';
import { selfSignedCertificate } from './self-signed-certificate.js';

const generate = promisify(generateKeyPair);

/** What a key is to be. */
export interface KeyKind {
  purpose: KeyPurpose;
  algorithm: SigningKey['algorithm'];
}

export interface GeneratedKey extends KeyKind {
  /** RFC 7638 thumbprint. */
  kid: string;
  privateJwk: JsonWebKeyObject;
  publicJwk: JsonWebKeyObject;
  /** PEM. */
  certificate: string | null;
}

export type JsonWebKeyObject = Readonly<Record<string, unknown>>;

/** Works in the thread pool: an RSA key takes up to a second, and the event loop goes on meanwhile. */
export async function generateSigningKey(
  { purpose, algorithm }: KeyKind,
  certified: { name: string; now: number; random: RandomSource },
): Promise<GeneratedKey> {
  const pair = await generatePair(algorithm);
  const bare = pair.publicKey.export({ format: 'jwk' });
  const kid = await calculateJwkThumbprint(bare);
  const { certificate: usage } = keyPurposes[purpose];
  const { name, now, random } = certified;
  const face =
    usage === 'keyEncipherment'
      ? { kid, alg: 'RSA-OAEP', use: 'enc' }
      : { kid, alg: algorithm, use: 'sig' };
  return {
    kid,
    purpose,
    algorithm,
    privateJwk: { ...pair.privateKey.export({ format: 'jwk' }), ...face },
    publicJwk: { ...bare, ...face },
    certificate:
      usage === null
        ? null
        : selfSignedCertificate({ ...pair, name, usage, notBefore: now }, random),
  };
}

function generatePair(
  algorithm: SigningKey['algorithm'],
): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  return algorithm === 'ES256'
    ? generate('ec', { namedCurve: 'P-256' })
    : generate('rsa', { modulusLength: 2048 });
}
