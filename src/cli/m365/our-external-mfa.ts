import type { ExternalMfaSettings } from '../../protocols/external-mfa/external-mfa-settings.js';
import { providerMetadata } from '../../protocols/external-mfa/discovery.js';
import type { OurExternalMfa } from './script-external-mfa.js';
import type { OurSide } from './our-side.js';

export interface OurExternalMfaParty extends OurExternalMfa {
  id: string;
  issuer: string;
  appId: string;
  tenants: readonly string[];
}

/** The relying parties that are External MFA of a tenant. */
export function ourExternalMfa(
  ours: Pick<OurSide, 'parties' | 'publicUrl'>,
): OurExternalMfaParty[] {
  return ours.parties
    .filter(({ protocol }) => protocol === 'external-mfa')
    .map(({ id, name, settings }) => {
      const { client_id: clientId, app_id: appId, tenants } = settings as ExternalMfaSettings;
      const metadata = providerMetadata(ours.publicUrl, id);
      const issuer = String(metadata['issuer']);
      return {
        ...{ id, name, issuer, clientId, appId, tenants },
        discoveryUrl: `${issuer}/.well-known/openid-configuration`,
        authorizationEndpoint: String(metadata['authorization_endpoint']),
      };
    });
}
