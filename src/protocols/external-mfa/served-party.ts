import type { RelyingParty, RelyingPartyRegistry } from '../../relying-parties/relying-party.js';
import type { ExternalMfaSettings } from './external-mfa-settings.js';

export interface ServedParty {
  party: RelyingParty;
  settings: ExternalMfaSettings;
}

/** The tenant registration at a path, disabled ones included: whoever asks must look at `party.enabled`. */
export function partyAt(registry: RelyingPartyRegistry, id: unknown): ServedParty | null {
  const party = typeof id === 'string' ? registry.byId(id) : null;
  if (party?.protocol !== 'external-mfa') return null;
  return { party, settings: party.settings as ExternalMfaSettings };
}
