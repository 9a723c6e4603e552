import type { PublicUrl } from '../config/public-url.js';
import type { SamlSettings } from '../protocols/saml/saml-settings.js';
import { startUrl } from '../protocols/saml/sso/start-from-here.js';
import type { RelyingPartyRegistry } from '../relying-parties/relying-party.js';

/** The relying parties with a link for those that have none of their own and can be entered from our side. */
export function withStartLinks(
  registry: Pick<RelyingPartyRegistry, 'all'>,
  publicUrl: PublicUrl,
): Pick<RelyingPartyRegistry, 'all'> {
  return {
    all: () =>
      registry.all().map((party) => {
        if (party.protocol !== 'saml' || party.homeUrl !== null) return party;
        const { allow_idp_initiated: allowed } = party.settings as SamlSettings;
        return allowed ? { ...party, homeUrl: startUrl(publicUrl, party.id) } : party;
      }),
  };
}
