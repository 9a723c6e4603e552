import type { ClientMetadata } from 'oidc-provider';
import type { RelyingParty } from '../../relying-parties/relying-party.js';
import type { OidcSettings } from './client-settings.js';

/** A relying party as the library knows clients. Only what is listed here reaches it. */
export function clientMetadata(relyingParty: RelyingParty): ClientMetadata {
  const settings = relyingParty.settings as OidcSettings;
  const answersInBrowser = settings.grant_types.includes('authorization_code');
  return {
    client_id: settings.client_id,
    client_name: relyingParty.name,
    ...(settings.client_secret === undefined ? {} : { client_secret: settings.client_secret }),
    token_endpoint_auth_method:
      settings.token_endpoint_auth_method ??
      (settings.client_secret === undefined ? 'none' : 'client_secret_basic'),
    application_type: settings.application_type,
    redirect_uris: settings.redirect_uris,
    post_logout_redirect_uris: settings.post_logout_redirect_uris,
    grant_types: settings.grant_types,
    response_types: answersInBrowser ? ['code'] : [],
    id_token_signed_response_alg: settings.id_token_signed_response_alg,
    ...(settings.scope === undefined ? {} : { scope: settings.scope }),
    ...(settings.default_max_age === undefined
      ? {}
      : { default_max_age: settings.default_max_age }),
    [RELYING_PARTY]: relyingParty.id,
  };
}

/** Extra client metadata: the id of the relying party behind the client. */
export const RELYING_PARTY = 'relying_party';
/** What the operator wrote in the `oidc:` section. */
export function settingsOf(relyingParty: RelyingParty): OidcSettings {
  return relyingParty.settings as OidcSettings;
}
