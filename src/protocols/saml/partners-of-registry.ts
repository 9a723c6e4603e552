import type { Clock } from '../../kernel/clock.js';
import type { RelyingParty, RelyingPartyRegistry } from '../../relying-parties/relying-party.js';
import type { PartnerDirectory, SamlPartner } from './partner.js';
import type { SamlSettings } from './saml-settings.js';

/** The service providers whose metadata came with their settings. */
export function createPartnersOfRegistry(deps: {
  registry: Pick<RelyingPartyRegistry, 'byId' | 'ofProtocol'>;
  clock: Clock;
}): PartnerDirectory {
  const partnerOf = (party: RelyingParty): SamlPartner | null => {
    const settings = party.settings as SamlSettings;
    const { metadata } = settings;
    if (metadata === null || (metadata.validUntil ?? Infinity) <= deps.clock.now()) return null;
    return { party, settings, metadata };
  };
  return {
    byEntityId(entityId) {
      const partners = deps.registry.ofProtocol('saml').map(partnerOf);
      return partners.find((partner) => partner?.metadata.entityId === entityId) ?? null;
    },
    byRelyingParty(id) {
      const party = deps.registry.byId(id);
      return party?.protocol === 'saml' ? partnerOf(party) : null;
    },
  };
}
