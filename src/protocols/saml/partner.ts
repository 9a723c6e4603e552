import type { PartnerMetadata } from '../../saml-core/metadata.js';
import type { RelyingParty } from '../../relying-parties/relying-party.js';
import type { SamlSettings } from './saml-settings.js';

/** A service provider as it is in force: what the operator decided, and what its metadata says. */
export interface SamlPartner {
  party: RelyingParty;
  settings: SamlSettings;
  metadata: PartnerMetadata;
}

/** The service providers in force. What is disabled is found too: whoever asks must look at `party.enabled`. */
export interface PartnerDirectory {
  /** `null`: nobody of that name, its metadata has not been fetched yet, or its `validUntil` has passed. */
  byEntityId(entityId: string): SamlPartner | null;
  byRelyingParty(id: string): SamlPartner | null;
}
