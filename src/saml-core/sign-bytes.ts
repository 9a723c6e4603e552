import { sign } from 'node:crypto';
import type { SamlSigningKey } from './outgoing.js';
import { sha1Uris, sha256Uri, signatureUris } from './algorithms.js';

/** URI of the algorithm that this key signs with. Throws for keys that are neither RSA nor EC, and for EC with SHA-1. */
export function signatureUri(key: SamlSigningKey): string {
  const type = key.privateKey.asymmetricKeyType;
  if (type === 'rsa') return key.hash === 'sha1' ? sha1Uris.signature : signatureUris.rsa;
  if (key.hash === 'sha1') throw new Error('only RSA keys sign with SHA-1');
  if (type === 'ec') return signatureUris.ec;
  throw new Error(`SAML cannot sign with a key of type ${type ?? 'unknown'}`);
}

/** URI of the digest that goes with it. */
export function digestUri({ hash }: Pick<SamlSigningKey, 'hash'>): string {
  return hash === 'sha1' ? sha1Uris.digest : sha256Uri;
}

/** Signs in the thread pool, so that the event loop goes on. ECDSA as r and s side by side (xmldsig 1.1, 6.4.3). */
export function signBytes(data: string, key: SamlSigningKey): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    sign(
      key.hash ?? 'sha256',
      Buffer.from(data, 'utf8'),
      { key: key.privateKey, dsaEncoding: 'ieee-p1363' },
      (error, signature) => (error ? reject(error) : resolve(signature)),
    );
  });
}
