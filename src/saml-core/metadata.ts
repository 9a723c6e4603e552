import type { SamlRefusal } from './received.js';

/** An endpoint of ours or theirs (SAML 2.0 metadata, 2.2.2). */
export interface Endpoint {
  binding: string;
  url: string;
}

/** What we say about ourselves. */
export interface OwnMetadata {
  entityId: string;
  singleSignOn: readonly Endpoint[];
  singleLogout: readonly Endpoint[];
  /** PEM. Two during a rollover, the one in use first. */
  signingCertificates: readonly string[];
  /** PEM, of keys that identifiers may be encrypted for. */
  encryptionCertificates: readonly string[];
  nameIdFormats: readonly string[];
  wantAuthnRequestsSigned: boolean;
  /** Milliseconds since the epoch. */
  validUntil: number;
  cacheDurationSeconds: number;
}

/** What a service provider says about itself. */
export interface PartnerMetadata {
  entityId: string;
  /** Exactly one is the default, by the rule of SAML 2.0 metadata, 2.2.3. */
  acs: { url: string; binding: string; index: number; isDefault: boolean }[];
  slo: { url: string; binding: string; responseUrl: string | null }[];
  /** PEM. A key without a `use` is in both lists. */
  signingCertificates: string[];
  encryptionCertificates: string[];
  /** One of them says `use="encryption"`; those that do come first. */
  encryptionExplicit: boolean;
  nameIdFormats: string[];
  authnRequestsSigned: boolean;
  wantAssertionsSigned: boolean;
  /** The earliest of those around it, in milliseconds since the epoch. */
  validUntil: number | null;
}

export interface ReadMetadataOptions {
  /** Milliseconds since the epoch. */
  now: number;
  /** PEM of those who may have signed the document. Without them a signature is not looked at. */
  pinnedCertificates?: readonly string[];
  /** SHA-1 in the signature is accepted (Microsoft only, audited by the caller). */
  allowSha1?: boolean;
  /** Default 16 MiB. */
  maxBytes?: number;
}

export type MetadataRefusal = SamlRefusal | 'expired' | 'duplicate' | 'unusable';

export type MetadataRead =
  | {
      ok: true;
      entities: PartnerMetadata[];
      /** The signature was verified with a pinned certificate. */
      verified: boolean;
      /** SHA-1 was in its signature. */
      sha1: boolean;
      validUntil: number | null;
      cacheDurationSeconds: number | null;
      /** Entities of an aggregate that cannot be used, and why; identity providers are not worth a word. */
      skipped: { entityId: string; refusal: MetadataRefusal; detail: string }[];
    }
  | { ok: false; refusal: MetadataRefusal; detail: string };
