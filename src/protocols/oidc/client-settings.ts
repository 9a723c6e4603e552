import { z } from 'zod';
import { oidcResourceShape } from '../../config/sections/oidc-section.js';
import { faultOfKeySet, keySet } from './client-keys.js';
import { loopbackHosts } from './loopback-hosts.js';
import { faultOfOutgoingUri } from './outgoing/outgoing-uri.js';

/** RFC 8628, 3.4. */
export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** What a service may sign its client assertions with. */
export const clientSigningAlgorithms = ['ES256', 'PS256', 'RS256'] as const;

/**
 * The `oidc:` section of a relying party. Fields follow OpenID Connect Dynamic Client Registration 1.0, section 2,
 * where it has one.
 */
export const oidcSettings = z
  .strictObject({
    client_id: z.string().min(1).max(256).describe('Identifies the service at every endpoint.'),
    client_secret: z
      .string()
      .min(1)
      .optional()
      .describe('Make it long and random; leave it out for a public client (SPA, native app).'),
    token_endpoint_auth_method: z
      .enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'])
      .optional()
      .describe(
        'Default: client_secret_basic with a secret, private_key_jwt with keys, none without either.',
      ),
    token_endpoint_auth_signing_alg: z
      .enum(clientSigningAlgorithms)
      .optional()
      .describe('The one algorithm of private_key_jwt; default: whatever the key is for.'),
    jwks: keySet.optional().describe('Public keys of the service, for private_key_jwt.'),
    jwks_uri: z
      .string()
      .optional()
      .describe(
        'Where those keys are fetched instead; https. A private address must be in oidc.private_hosts.',
      ),
    redirect_uris: z.array(z.string()).default([]),
    post_logout_redirect_uris: z.array(z.string()).default([]),
    grant_types: z
      .array(
        z.enum(['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE_GRANT]),
      )
      .default(['authorization_code']),
    application_type: z.enum(['web', 'native']).default('web'),
    id_token_signed_response_alg: z.enum(['ES256', 'RS256']).default('ES256'),
    scope: z.string().optional().describe('Scopes the service may ask for; default: all.'),
    response_modes: z
      .array(z.enum(['query', 'fragment', 'form_post']))
      .default(['query', 'form_post'])
      .describe('How answers may be delivered.'),
    allowed_origins: z
      .array(z.string())
      .default([])
      .describe(
        'Browser origins that may call the token endpoint; those of redirect_uris always may.',
      ),
    claims: z
      .record(z.string(), z.string())
      .default({})
      .describe('Claims sent besides the standard ones: name sent → field of the person.'),
    require_pushed_authorization_requests: z
      .boolean()
      .default(false)
      .describe('Accept requests only when they were pushed (RFC 9126).'),
    dpop_bound_access_tokens: z
      .boolean()
      .default(false)
      .describe('Issue tokens only with a proof of a key that they are bound to (RFC 9449).'),
    backchannel_logout_uri: z
      .string()
      .optional()
      .describe(
        'Called when a session ends; https. A private address must be in oidc.private_hosts.',
      ),
    backchannel_logout_session_required: z
      .boolean()
      .default(false)
      .describe('Name the session (sid) in ID tokens and logout tokens.'),
    resources: z
      .array(z.strictObject(oidcResourceShape))
      .default([])
      .describe(
        'Resources that this service may ask for tokens for, besides those of oidc.resources.',
      ),
    introspection_resources: z
      .array(z.string())
      .default([])
      .describe('Resources that this service is: it may introspect the tokens for them.'),
    default_max_age: z.number().int().min(0).optional().describe('Seconds.'),
    access_token_lifetime: z.number().int().min(30).max(86_400).optional().describe('Seconds.'),
    refresh_token_lifetime: z.number().int().min(60).optional().describe('Seconds.'),
    id_token_lifetime: z.number().int().min(30).max(86_400).optional().describe('Seconds.'),
  })
  .superRefine((settings, context) => {
    const problem = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    settings.redirect_uris.forEach((uri, index) => {
      const fault = faultOfRedirectUri(uri, settings.application_type);
      if (fault !== null) problem(['redirect_uris', index], fault);
    });
    settings.post_logout_redirect_uris.forEach((uri, index) => {
      const fault = faultOfRedirectUri(uri, settings.application_type);
      if (fault !== null) problem(['post_logout_redirect_uris', index], fault);
    });
    settings.allowed_origins.forEach((origin, index) => {
      if (!isOrigin(origin)) {
        problem(['allowed_origins', index], 'must be an origin such as https://app.example.com');
      }
    });
    if (
      settings.grant_types.includes('authorization_code') &&
      settings.redirect_uris.length === 0
    ) {
      problem(['redirect_uris'], 'name at least one address for the answer');
    }
    for (const field of ['jwks_uri', 'backchannel_logout_uri'] as const) {
      const uri = settings[field];
      const fault = uri === undefined ? null : faultOfOutgoingUri(uri);
      if (fault !== null) problem([field], fault);
    }
    if (settings.jwks !== undefined) {
      const fault = faultOfKeySet(settings.jwks);
      if (fault !== null) problem(['jwks'], fault);
      if (settings.jwks_uri !== undefined) problem(['jwks_uri'], 'name the keys or their address');
    }
    const method = authMethodOf(settings);
    const hasKeys = settings.jwks !== undefined || settings.jwks_uri !== undefined;
    if (method === 'none' && settings.grant_types.includes('client_credentials')) {
      problem(['grant_types'], 'client_credentials needs a client_secret or keys');
    }
    if ((method === 'private_key_jwt') !== hasKeys) {
      problem(['token_endpoint_auth_method'], 'private_key_jwt goes with jwks or jwks_uri');
    }
    if (method.startsWith('client_secret') !== (settings.client_secret !== undefined)) {
      problem(
        ['token_endpoint_auth_method'],
        'client_secret_basic and client_secret_post go with a client_secret, the others without',
      );
    }
  });

export type OidcSettings = z.infer<typeof oidcSettings>;

/** How the service proves itself, as written or as follows from what it was given. */
export function authMethodOf(
  settings: Pick<
    OidcSettings,
    'token_endpoint_auth_method' | 'client_secret' | 'jwks' | 'jwks_uri'
  >,
): NonNullable<OidcSettings['token_endpoint_auth_method']> {
  if (settings.token_endpoint_auth_method !== undefined) return settings.token_endpoint_auth_method;
  if (settings.client_secret !== undefined) return 'client_secret_basic';
  const hasKeys = settings.jwks !== undefined || settings.jwks_uri !== undefined;
  return hasKeys ? 'private_key_jwt' : 'none';
}

/** Where answers may go: https, http only on loopback, a private-use scheme for native apps (RFC 8252). */
export function faultOfRedirectUri(uri: string, applicationType: 'web' | 'native'): string | null {
  let url: URL;
  try {
    url = new URL(uri);
  } catch {
    return 'must be an absolute address';
  }
  if (url.hash !== '' || uri.includes('#')) return 'must not have a fragment';
  if (url.username !== '' || url.password !== '') return 'must not carry credentials';
  if (uri.includes('*')) return 'wildcards are not offered: list each address';
  if (url.protocol === 'https:') return null;
  if (url.protocol === 'http:') {
    return loopbackHosts.has(url.hostname)
      ? null
      : 'plain http is allowed only on 127.0.0.1, [::1] and localhost';
  }
  const privateUse = /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(url.protocol);
  return applicationType === 'native' && privateUse
    ? null
    : 'must be https (native apps: or a private-use scheme such as com.example.app:/callback)';
}

function isOrigin(text: string): boolean {
  try {
    return new URL(text).origin === text;
  } catch {
    return false;
  }
}
