import { samlSettings, type SamlSettings } from '../protocols/saml/saml-settings.js';
import type { RelyingParty } from '../relying-parties/relying-party.js';
import type { PartnerMetadata } from '../saml-core/metadata.js';
import { bindings } from '../saml-core/namespaces.js';
import type { DemoPolicy, DemoService } from './demo-service.js';

/** The demo service that speaks SAML. */
export const samlDemoService: DemoService = {
  id: 'lighthouse-library',
  name: 'Lighthouse Library',
  about: 'Speaks SAML, as many older services do',
};

/** The service's own addresses. */
export interface SamlAddresses {
  /** Its name as an entity; its metadata is found there. */
  entityId: string;
  consumer: string;
  logout: string;
}

/** @param siteUrl origin of the demo site, of this start only */
export function samlAddresses(siteUrl: string, { id }: DemoService): SamlAddresses {
  const base = `${siteUrl}/${id}`;
  return { entityId: `${base}/metadata`, consumer: `${base}/acs`, logout: `${base}/slo` };
}

export const persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';

/**
 * What the service's metadata says, as Drawbridge knows it. Written down and not read, because reading takes an XML
 * parser, which a start of the demo does without.
 * @param certificate PEM, of what the service signs with
 */
export function partnerMetadata(
  { entityId, consumer, logout }: SamlAddresses,
  certificate: string,
): PartnerMetadata {
  return {
    entityId,
    acs: [{ url: consumer, binding: bindings.post, index: 0, isDefault: true }],
    slo: [bindings.redirect, bindings.post].map((binding) => ({
      url: logout,
      binding,
      responseUrl: null,
    })),
    signingCertificates: [certificate],
    encryptionCertificates: [],
    encryptionExplicit: false,
    nameIdFormats: [persistent],
    authnRequestsSigned: true,
    wantAssertionsSigned: true,
    validUntil: null,
  };
}

export function samlRelyingParty(
  siteUrl: string,
  { factors, maxAge }: DemoPolicy,
  certificate: string,
): RelyingParty {
  const { id, name } = samlDemoService;
  const settings: SamlSettings = {
    ...samlSettings.parse({
      attributes: { displayName: 'name', mail: 'mail', groups: 'groups' },
      require_signed_requests: true,
      allow_idp_initiated: false,
    }),
    metadata: partnerMetadata(samlAddresses(siteUrl, samlDemoService), certificate),
  };
  return {
    id,
    name,
    protocol: 'saml',
    homeUrl: `${siteUrl}/${id}/`,
    enabled: true,
    thirdParty: false,
    policy: { factors, maxAge, allowedFactors: null, groups: null },
    settings,
  };
}
