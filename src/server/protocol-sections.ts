import { systemClock, type Clock } from '../kernel/clock.js';
import { externalMfaSettings } from '../protocols/external-mfa/external-mfa-settings.js';
import { oidcSettings } from '../protocols/oidc/client-settings.js';
import { createSamlSection } from '../protocols/saml/partners/saml-section.js';
import { wsFedSection } from '../protocols/wsfed/wsfed-settings.js';
import type { ProtocolSection } from '../relying-parties/relying-party-document.js';

/** What relying parties may speak, with the section of their files that goes with each. */
export function createProtocolSections(deps: {
  clock: Clock;
  /** Whether what a document refers to is refused because its time is over; asked at each reading. */
  refuseExpired: () => boolean;
}): readonly ProtocolSection[] {
  return [
    {
      protocol: 'oidc',
      key: 'oidc',
      schema: oidcSettings,
      uniqueKeys: ['client_id'],
      asksConsent: true,
    },
    createSamlSection(deps),
    wsFedSection,
    {
      protocol: 'external-mfa',
      key: 'external_mfa',
      schema: externalMfaSettings,
      uniqueKeys: ['client_id'],
    },
  ];
}

/** For commands, which say everything that is wrong now. */
export const protocolSections = createProtocolSections({
  clock: systemClock,
  refuseExpired: () => true,
});
