import { createHash, X509Certificate } from 'node:crypto';
import { defaultIssuerId } from '../../issuers/issuers.js';
import type { KeyStore, SigningKey } from '../../keys/key-store.js';

/** A key as Entra knows it. */
export interface ProviderKey {
  kid: string;
  privateKey: SigningKey['privateKey'];
  jwk: Readonly<Record<string, unknown>>;
}

/** Published keys, the one that signs first. */
export function providerKeys(keys: Pick<KeyStore, 'keys'>): ProviderKey[] {
  return keys.keys(defaultIssuerId, 'external-mfa').flatMap((key) => {
    if (key.certificate === null) return [];
    const { raw } = new X509Certificate(key.certificate);
    const kid = keyIdOf(raw);
    const { kty, n, e } = key.publicJwk;
    const jwk = {
      kty,
      use: 'sig',
      alg: 'RS256',
      kid,
      x5t: createHash('sha1').update(raw).digest('base64url'),
      n,
      e,
      x5c: [raw.toString('base64')],
    };
    return [{ kid, privateKey: key.privateKey, jwk }];
  });
}

/**
 * Entra wants key ids in base64, the same in token and key set. One that reads alike in base64 and base64url, needs no
 * padding and is letters and digits only cannot be taken for anything else: the base64 of hexadecimal digits, in threes.
 */
export function keyIdOf(certificate: Uint8Array): string {
  const digits = createHash('sha256').update(certificate).digest('hex').slice(0, 42);
  return Buffer.from(digits).toString('base64');
}
