import type { PublicUrl } from '../../../config/public-url.js';
import { entityKeys, type EntityKeys } from '../../../issuers/entity-keys.js';
import type { Issuer } from '../../../issuers/issuers.js';
import type { Clock } from '../../../kernel/clock.js';
import type { RandomSource } from '../../../kernel/random.js';
import { metadataCacheMs } from '../../../keys/key-purposes.js';
import type { KeyStore } from '../../../keys/key-store.js';
import { buildMetadata } from '../../../saml-core/build-metadata.js';
import type { Endpoint } from '../../../saml-core/metadata.js';
import type { SamlEntities, SamlEntity } from '../saml-entity.js';
import { samlPaths } from './saml-paths.js';

/** How long our metadata may be used without having been fetched again. */
export const metadataValidityMs = 14 * 24 * 60 * 60_000;

export interface SamlEntitiesDeps {
  issuers: readonly Pick<Issuer, 'id' | 'entityId' | 'domains'>[];
  keys: KeyStore;
  publicUrl: PublicUrl;
  clock: Clock;
  random: RandomSource;
}

interface Prepared {
  fingerprint: string;
  entity: SamlEntity;
  metadata: { document: Promise<string>; renewAt: number } | null;
}

/** Looks at the keys each time it is asked, because time alone changes which one signs. */
export function createSamlEntities(deps: SamlEntitiesDeps): SamlEntities {
  const { keys, publicUrl, clock, random } = deps;
  const entityIds = new Map(deps.issuers.map(({ id, entityId }) => [id, entityId]));
  const prepared = new Map<string, Prepared>();

  function current(issuer: string): { known: Prepared; shown: EntityKeys } | null {
    const entityId = entityIds.get(issuer);
    const shown = entityId === undefined ? null : entityKeys(keys, issuer, clock.now());
    if (entityId === undefined || shown === null) return null;
    const { fingerprint } = shown;
    const before = prepared.get(issuer);
    if (before?.fingerprint === fingerprint) return { known: before, shown };
    const entity = entityOf(issuer, entityId, shown, publicUrl);
    const known = { fingerprint, entity, metadata: null };
    prepared.set(issuer, known);
    return { known, shown };
  }

  return {
    byIssuer: (id) => current(id)?.known.entity ?? null,

    ofDomain(domain) {
      const wanted = domain.toLowerCase();
      const issuer = deps.issuers.find(({ domains }) => domains.includes(wanted));
      return issuer === undefined ? null : (current(issuer.id)?.known.entity ?? null);
    },

    async metadata(id) {
      const found = current(id);
      if (found === null) return null;
      const { known, shown } = found;
      const now = clock.now();
      if (known.metadata !== null && now < known.metadata.renewAt) return known.metadata.document;
      const document = describe(known.entity, shown, now + metadataValidityMs, random);
      known.metadata = { document, renewAt: now + metadataValidityMs / 2 };
      document.catch(() => {
        known.metadata = null;
      });
      return document;
    },
  };
}

function entityOf(
  issuer: string,
  entityId: string,
  keys: EntityKeys,
  publicUrl: PublicUrl,
): SamlEntity {
  const paths = samlPaths(issuer);
  return {
    issuer,
    entityId,
    signingKey: keys.signingKey,
    decryptionKeys: keys.decryptionKeys.map(
      ({ privateKey }) => privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    ),
    singleSignOn: publicUrl.absolute(paths.singleSignOn),
    singleLogout: publicUrl.absolute(paths.singleLogout),
  };
}

function describe(
  entity: SamlEntity,
  keys: EntityKeys,
  validUntil: number,
  random: RandomSource,
): Promise<string> {
  return buildMetadata(
    {
      entityId: entity.entityId,
      singleSignOn: bothBindings(entity.singleSignOn),
      singleLogout: bothBindings(entity.singleLogout),
      signingCertificates: keys.signingCertificates,
      encryptionCertificates: keys.encryptionCertificates,
      nameIdFormats,
      wantAuthnRequestsSigned: false,
      validUntil,
      cacheDurationSeconds: metadataCacheMs / 1000,
    },
    keys.signingKey,
    random,
  );
}

const bothBindings = (url: string): Endpoint[] =>
  ['HTTP-Redirect', 'HTTP-POST'].map((name) => ({
    binding: `urn:oasis:names:tc:SAML:2.0:bindings:${name}`,
    url,
  }));

const nameIdFormats = [
  'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
  'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
];
