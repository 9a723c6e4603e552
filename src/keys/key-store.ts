import type { KeyObject } from 'node:crypto';

/**
 * A signing key of an issuer: one key, its JWKS face and its X.509 face. State follows from its dates:
 * published (in JWKS and metadata) → in use (signs) → retired (gone from both).
 */
export interface SigningKey {
  kid: string;
  issuer: string;
  purpose: KeyPurpose;
  algorithm: 'ES256' | 'RS256';
  privateKey: KeyObject;
  publicJwk: Readonly<Record<string, unknown>>;
  /** PEM; made for purposes that need one. */
  certificate: string | null;
  publishedAt: number;
  useFrom: number;
  retireAt: number | null;
}

/** `saml` signs; `saml-encryption` is what partners encrypt name identifiers for, and never signs. */
export type KeyPurpose = 'oidc' | 'saml' | 'saml-encryption' | 'external-mfa';

/** Keys of all issuers, decrypted in memory; refreshed when the change feed says so. */
export interface KeyStore {
  /** Published keys of an issuer and purpose, the one that signs first; per algorithm at least one. */
  keys(issuer: string, purpose: KeyPurpose): readonly SigningKey[];
  onChange(listener: () => void): () => void;
}
