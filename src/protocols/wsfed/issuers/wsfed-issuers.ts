import type { PublicUrl } from '../../../config/public-url.js';
import { entityKeys } from '../../../issuers/entity-keys.js';
import { defaultIssuerId, type Issuer } from '../../../issuers/issuers.js';
import type { Clock } from '../../../kernel/clock.js';
import type { KeyStore } from '../../../keys/key-store.js';
import type { SamlSigningKey } from '../../../saml-core/outgoing.js';

/** One of our issuers in the words of WS-Federation, as it is now. */
export interface WsFedIssuer {
  id: string;
  entityId: string;
  /** What signs now. */
  signingKey: SamlSigningKey;
  /** PEM, the one that signs first; both during a rollover. */
  signingCertificates: readonly string[];
  passiveUrl: string;
  activeUrl: string;
}

export interface WsFedIssuers {
  /** `null`: there is no such issuer. */
  byId(id: string): WsFedIssuer | null;
  /** Id of the issuer that speaks for a domain, compared without case. */
  ofDomain(domain: string): string | null;
  /** Id of the issuer that a request means by `whr`: a domain, or an entity id. */
  ofHomeRealm(realm: string): string | null;
}

/** Looks at the keys each time it is asked, because time alone changes which one signs. */
export function createWsFedIssuers(deps: {
  issuers: readonly Pick<Issuer, 'id' | 'entityId' | 'domains'>[];
  keys: KeyStore;
  publicUrl: PublicUrl;
  clock: Clock;
}): WsFedIssuers {
  const { issuers, keys, publicUrl, clock } = deps;
  const ofDomain = (domain: string) =>
    issuers.find(({ domains }) => domains.includes(domain.toLowerCase()))?.id ?? null;
  return {
    byId(id) {
      const issuer = issuers.find((one) => one.id === id);
      const shown = issuer === undefined ? null : entityKeys(keys, id, clock.now());
      if (issuer === undefined || shown === null) return null;
      const path = id === defaultIssuerId ? '/wsfed' : `/wsfed/${id}`;
      return {
        id,
        entityId: issuer.entityId,
        signingKey: shown.signingKey,
        signingCertificates: shown.signingCertificates,
        passiveUrl: publicUrl.absolute(path),
        activeUrl: publicUrl.absolute(`${path}/active`),
      };
    },
    ofDomain,
    ofHomeRealm: (realm) =>
      ofDomain(realm) ?? issuers.find(({ entityId }) => entityId === realm)?.id ?? null,
  };
}
