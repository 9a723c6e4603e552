import { oidcSettings } from '../protocols/oidc/client-settings.js';
import type { ProtocolSection } from '../relying-parties/relying-party-document.js';

/** What relying parties may speak, with the section of their files that goes with each. */
export const protocolSections: readonly ProtocolSection[] = [
  { protocol: 'oidc', key: 'oidc', schema: oidcSettings, uniqueKeys: ['client_id'] },
];
