import { generateKeyPair } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint } from 'jose';
import type { SigningKey } from './key-store.js';

const generate = promisify(generateKeyPair);

export interface GeneratedKey {
  /** RFC 7638 thumbprint. */
  kid: string;
  algorithm: SigningKey['algorithm'];
  privateJwk: JsonWebKeyObject;
  publicJwk: JsonWebKeyObject;
}

export type JsonWebKeyObject = Readonly<Record<string, unknown>>;

/** Works in the thread pool: an RSA key takes up to a second, and the event loop goes on meanwhile. */
export async function generateSigningKey(
  algorithm: SigningKey['algorithm'],
): Promise<GeneratedKey> {
  const pair = await generatePair(algorithm);
  const bare = pair.publicKey.export({ format: 'jwk' });
  const kid = await calculateJwkThumbprint(bare);
  const face = { kid, alg: algorithm, use: 'sig' };
  return {
    kid,
    algorithm,
    privateJwk: { ...pair.privateKey.export({ format: 'jwk' }), ...face },
    publicJwk: { ...bare, ...face },
  };
}

function generatePair(
  algorithm: SigningKey['algorithm'],
): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  return algorithm === 'ES256'
    ? generate('ec', { namedCurve: 'P-256' })
    : generate('rsa', { modulusLength: 2048 });
}
