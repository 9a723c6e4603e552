import { createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { SignatureAlgorithm } from './algorithms.js';
import { refuse } from './refusal.js';

/** Public keys by certificate; partners are few, and reading a certificate costs more than a verification. */
const known = new Map<string, KeyObject | null>();
const most = 2_000;

function publicKeyOf(certificate: string): KeyObject | null {
  const cached = known.get(certificate);
  if (cached !== undefined) return cached;
  let key: KeyObject | null = null;
  try {
    key = createPublicKey(certificate);
  } catch {
    // A certificate that cannot be read verifies nothing; the others are still tried.
  }
  if (known.size >= most) known.clear();
  known.set(certificate, key);
  return key;
}

function strongEnough(key: KeyObject): boolean {
  if (key.asymmetricKeyType === 'ec') {
    return ['prime256v1', 'secp384r1', 'secp521r1'].includes(
      key.asymmetricKeyDetails?.namedCurve ?? '',
    );
  }
  return (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
}

/**
 * Refuses unless one of the stored certificates verifies the signature: during a rollover any of them may have signed.
 * The dates of a certificate are not looked at; being in the stored metadata is what makes it good (SAML metadata
 * interoperability profile, 2.5).
 */
export function verifyWithAny(
  certificates: readonly string[],
  algorithm: SignatureAlgorithm,
  data: Uint8Array,
  signature: Uint8Array,
): void {
  let weak = false;
  for (const certificate of certificates) {
    const key = publicKeyOf(certificate);
    if (key === null || key.asymmetricKeyType !== algorithm.keyType) continue;
    if (!strongEnough(key)) {
      weak = true;
      continue;
    }
    if (verify(algorithm.hash, data, { key, dsaEncoding: 'ieee-p1363' }, signature)) return;
  }
  if (weak) refuse('signature-algorithm', 'weak-key');
  refuse('signature-invalid', certificates.length === 0 ? 'no-certificate' : 'signature');
}
