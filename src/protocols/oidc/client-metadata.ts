import type { ClientMetadata } from 'oidc-provider';
import type { RelyingParty } from '../../relying-parties/relying-party.js';
import { ownScopes } from './own-scopes.js';
import { authMethodOf, type OidcSettings } from './client-settings.js';

/** A relying party as the library knows clients. Only what is listed here reaches it. */
export function clientMetadata(
  relyingParty: Pick<RelyingParty, 'id' | 'name' | 'settings'>,
): ClientMetadata {
  const settings = relyingParty.settings as OidcSettings;
  const answersInBrowser = settings.grant_types.includes('authorization_code');
  return {
    client_id: settings.client_id,
    client_name: relyingParty.name,
    ...optional('client_secret', settings.client_secret),
    token_endpoint_auth_method: authMethodOf(settings),
    ...optional('token_endpoint_auth_signing_alg', settings.token_endpoint_auth_signing_alg),
    ...optional('jwks', settings.jwks as ClientMetadata['jwks']),
    ...optional('jwks_uri', settings.jwks_uri),
    application_type: settings.application_type,
    redirect_uris: settings.redirect_uris,
    post_logout_redirect_uris: settings.post_logout_redirect_uris,
    grant_types: settings.grant_types,
    response_types: answersInBrowser ? ['code'] : [],
    id_token_signed_response_alg: settings.id_token_signed_response_alg,
    require_pushed_authorization_requests: settings.require_pushed_authorization_requests,
    dpop_bound_access_tokens: settings.dpop_bound_access_tokens,
    ...optional('backchannel_logout_uri', settings.backchannel_logout_uri),
    backchannel_logout_session_required: settings.backchannel_logout_session_required,
    ...optional('scope', settings.scope === undefined ? undefined : libraryScope(settings.scope)),
    ...optional('default_max_age', settings.default_max_age),
    [RELYING_PARTY]: relyingParty.id,
  };
}

/** Extra client metadata: the id of the relying party behind the client. */
export const RELYING_PARTY = 'relying_party';
/** What the operator wrote in the `oidc:` section. */
export function settingsOf(relyingParty: RelyingParty): OidcSettings {
  return relyingParty.settings as OidcSettings;
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): Partial<Record<Name, Value>> {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, Value>);
}

/** The library knows no scopes of resources here, and takes an empty list for every scope. */
function libraryScope(scope: string): string {
  const own = scope.split(' ').filter((name) => ownScopes.includes(name));
  return own.length === 0 ? 'openid' : own.join(' ');
}
