import { samlSettings } from '../../../src/protocols/saml/saml-settings.js';
import type { RelyingParty } from '../../../src/relying-parties/relying-party.js';
import type { PartnerMetadata } from '../../../src/saml-core/metadata.js';
import { bindings } from '../../../src/saml-core/namespaces.js';

/** Where the service of that name takes its assertions. */
export const consumerOf = (id: string): string => `http://127.0.0.1:7200/${id}/acs`;
export const entityIdOf = (id: string): string => `https://${id}.example.org/saml`;

/** A service provider as it would come out of a file, its metadata read. */
export function samlParty(
  id: string,
  settings: Record<string, unknown> = {},
  more: { metadata?: Partial<PartnerMetadata>; party?: Partial<RelyingParty> } = {},
): RelyingParty {
  const metadata: PartnerMetadata = {
    entityId: entityIdOf(id),
    acs: [{ url: consumerOf(id), binding: bindings.post, index: 0, isDefault: true }],
    slo: [],
    signingCertificates: [],
    encryptionCertificates: [],
    encryptionExplicit: false,
    nameIdFormats: [],
    authnRequestsSigned: false,
    wantAssertionsSigned: false,
    validUntil: null,
    ...more.metadata,
  };
  return {
    id,
    name: `Service ${id}`,
    protocol: 'saml',
    homeUrl: null,
    enabled: true,
    thirdParty: false,
    policy: { factors: 2, maxAge: null, allowedFactors: null, groups: null },
    settings: { ...samlSettings.parse(settings), metadata },
    ...more.party,
  };
}
