import { wsFedSettings } from '../../../src/protocols/wsfed/wsfed-settings.js';
import type { RelyingParty } from '../../../src/relying-parties/relying-party.js';

/** Where the service of that name takes its tokens. */
export const replyOf = (id: string): string => `http://127.0.0.1:7300/${id}/`;
export const realmOf = (id: string): string => `urn:example:${id}`;

/** A relying party as it would come out of a file. */
export function wsFedParty(
  id: string,
  settings: Record<string, unknown> = {},
  more: Partial<RelyingParty> = {},
): RelyingParty {
  return {
    id,
    name: `Service ${id}`,
    protocol: 'ws-federation',
    homeUrl: null,
    enabled: true,
    thirdParty: false,
    policy: { factors: 2, maxAge: null, allowedFactors: null, groups: null },
    settings: wsFedSettings.parse({ realm: realmOf(id), reply_urls: [replyOf(id)], ...settings }),
    ...more,
  };
}

/** As Entra ID is registered by hand: identifier and claims as it wants them, the issuer by the person's domain. */
export function entraParty(more: Partial<RelyingParty> = {}): RelyingParty {
  return wsFedParty(
    'office',
    {
      realm: 'urn:federation:MicrosoftOnline',
      reply_urls: ['https://login.microsoftonline.com/login.srf'],
      issuer_by_domain: true,
      name_id: { format: 'unspecified', from: 'immutable_id' },
      attributes: {
        'http://schemas.xmlsoap.org/claims/UPN': 'upn',
        'http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID': 'immutable_id',
      },
    },
    { policy: { factors: 1, maxAge: null, allowedFactors: null, groups: null }, ...more },
  );
}
