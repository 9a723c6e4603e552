import type { KeyPurpose, SigningKey } from './key-store.js';
import type { KeyUsage } from './self-signed-certificate.js';

const hour = 60 * 60_000;

/** Longest that relying parties are told to cache our JWKS; a key is published at least that long before it signs. */
export const jwksCacheMs = hour;

/** Longest that SAML partners are told to keep our metadata before they fetch it again. */
export const metadataCacheMs = 6 * hour;

interface PurposeTraits {
  algorithms: readonly SigningKey['algorithm'][];
  /** What the certificate says; `null`: the purpose needs no certificate. */
  certificate: KeyUsage | null;
  /** Shortest time for which a key is published before it is used. */
  shortestLeadMs: number;
}

/** An hour more than partners keep our metadata, for those who are slow in fetching it. */
const metadataLeadMs = metadataCacheMs + hour;

export const keyPurposes: Readonly<Record<KeyPurpose, PurposeTraits>> = {
  oidc: { algorithms: ['ES256', 'RS256'], certificate: null, shortestLeadMs: jwksCacheMs },
  saml: {
    algorithms: ['RS256'],
    certificate: 'digitalSignature',
    shortestLeadMs: metadataLeadMs,
  },
  'saml-encryption': {
    algorithms: ['RS256'],
    certificate: 'keyEncipherment',
    shortestLeadMs: metadataLeadMs,
  },
  'external-mfa': {
    algorithms: ['RS256'],
    certificate: 'digitalSignature',
    shortestLeadMs: jwksCacheMs,
  },
};
