import { authMethodOf } from '../client-settings.js';
import type { ClientDocument } from './client-document.js';

/** The client information response (RFC 7591, 3.2.1; RFC 7592, 3): what was registered, defaults included. */
export function clientAnswer(
  client: ClientDocument,
  about: { createdAt: number; managementToken: string; managementUrl: string },
): Record<string, unknown> {
  const { settings, name } = client;
  const secret =
    settings.client_secret === undefined
      ? {}
      : { client_secret: settings.client_secret, client_secret_expires_at: 0 };
  return {
    client_id: settings.client_id,
    client_id_issued_at: Math.floor(about.createdAt / 1000),
    ...secret,
    registration_access_token: about.managementToken,
    registration_client_uri: about.managementUrl,
    client_name: name,
    redirect_uris: settings.redirect_uris,
    post_logout_redirect_uris: settings.post_logout_redirect_uris,
    grant_types: settings.grant_types,
    response_types: settings.grant_types.includes('authorization_code') ? ['code'] : [],
    application_type: settings.application_type,
    subject_type: 'public',
    id_token_signed_response_alg: settings.id_token_signed_response_alg,
    token_endpoint_auth_method: authMethodOf(settings),
    // What has no value is left out by the serialiser.
    token_endpoint_auth_signing_alg: settings.token_endpoint_auth_signing_alg,
    jwks: settings.jwks,
    jwks_uri: settings.jwks_uri,
    scope: settings.scope,
    default_max_age: settings.default_max_age,
    require_pushed_authorization_requests: settings.require_pushed_authorization_requests,
    dpop_bound_access_tokens: settings.dpop_bound_access_tokens,
    backchannel_logout_uri: settings.backchannel_logout_uri,
    backchannel_logout_session_required: settings.backchannel_logout_session_required,
  };
}
