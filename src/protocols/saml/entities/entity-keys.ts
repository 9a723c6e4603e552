import { keyPurposes } from '../../../keys/key-purposes.js';
import type { KeyStore, SigningKey } from '../../../keys/key-store.js';
import type { SamlSigningKey } from '../../../saml-core/outgoing.js';

/** The keys of an issuer as its partners see them. */
export interface EntityKeys {
  /** What signs now. */
  signingKey: SamlSigningKey;
  /** PEM, the one that signs first. */
  signingCertificates: readonly string[];
  /** PEM, youngest first. */
  encryptionCertificates: readonly string[];
  decryptionKeys: readonly SigningKey[];
  /** Equal as long as all of these are. */
  fingerprint: string;
}

/**
 * `null`: there are no keys. A certificate to encrypt for is no longer shown once its key retires sooner than partners
 * fetch metadata again, so that what they encrypt can still be read; there is no need to wait before a new one is used.
 */
export function entityKeys(keys: KeyStore, issuer: string, now: number): EntityKeys | null {
  const signing = keys.keys(issuer, 'saml');
  const decrypting = keys.keys(issuer, 'saml-encryption');
  const [current] = signing;
  const certificate = current?.certificate;
  if (current === undefined || typeof certificate !== 'string') return null;
  const seenUntil = now + keyPurposes['saml-encryption'].shortestLeadMs;
  const encrypting = decrypting.filter(({ retireAt }) => retireAt === null || retireAt > seenUntil);
  const shown = [...signing, ...encrypting].map(({ kid }) => kid);
  return {
    signingKey: { privateKey: current.privateKey, certificate },
    signingCertificates: certificates(signing),
    encryptionCertificates: certificates(encrypting.toSorted((a, b) => b.useFrom - a.useFrom)),
    decryptionKeys: decrypting,
    fingerprint: [shown, decrypting.map(({ kid }) => kid)].join('|'),
  };
}

const certificates = (keys: readonly SigningKey[]): string[] =>
  keys.flatMap(({ certificate }) => certificate ?? []);
