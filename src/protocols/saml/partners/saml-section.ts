import type { Clock } from '../../../kernel/clock.js';
import type { ProtocolSection } from '../../../relying-parties/relying-party-document.js';
import { samlSettings, type SamlSettings, type WrittenSamlSettings } from '../saml-settings.js';
import { completeSettings, filesOfSettings } from './complete-settings.js';

/**
 * The `saml:` section of a relying party.
 * @param deps.refuseExpired asked at each reading. A server that starts lets expired metadata pass, because the time
 *   that went by must not keep all other services from coming up; nobody can use it all the same (`PartnerDirectory`).
 */
export function createSamlSection(deps: {
  clock: Clock;
  refuseExpired: () => boolean;
}): ProtocolSection {
  return {
    protocol: 'saml',
    key: 'saml',
    schema: samlSettings,
    uniqueKeys: [],
    uniqueNames: (completed) => {
      const entityId = entityIdOf(completed as SamlSettings);
      return entityId === null ? {} : { entity_id: entityId };
    },
    files: filesOfSettings,
    complete: (settings, at) =>
      completeSettings(
        settings as WrittenSamlSettings,
        at,
        deps.refuseExpired() ? deps.clock.now() : 0,
      ),
  };
}

/** `null` while metadata that is fetched has not said it yet. */
export function entityIdOf(settings: Pick<SamlSettings, 'metadata' | 'entity_id'>): string | null {
  return settings.metadata?.entityId ?? settings.entity_id ?? null;
}
