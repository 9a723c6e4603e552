import type { SamlSigningKey } from '../../saml-core/outgoing.js';

/** One of our issuers as a SAML entity, as it is now. */
export interface SamlEntity {
  /** Its id among our issuers. */
  issuer: string;
  entityId: string;
  /** What signs now. */
  signingKey: SamlSigningKey;
  /** PEM; several during a rollover. What partners may have encrypted name identifiers for. */
  decryptionKeys: readonly string[];
  /** Absolute URLs, both bindings at the same one. */
  singleSignOn: string;
  singleLogout: string;
}

export interface SamlEntities {
  /** `null`: there is no such issuer. */
  byIssuer(id: string): SamlEntity | null;
  /** Of the issuer that speaks for a domain, compared without case. */
  ofDomain(domain: string): SamlEntity | null;
  /** Signed metadata of an issuer, made anew when its keys change or half of its validity is over. */
  metadata(id: string): Promise<string | null>;
}
