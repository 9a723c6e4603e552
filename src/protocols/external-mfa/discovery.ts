import type { PublicUrl } from '../../config/public-url.js';
import { SECOND_FACTOR_ACR } from '../../sessions/asserted-authentication.js';

/** Below the public URL. The party's id names its issuer, so that each tenant's registration has one of its own. */
export function providerPaths(party: string) {
  const root = `/external-mfa/${party}`;
  return {
    root,
    metadata: `${root}/.well-known/openid-configuration`,
    keys: `${root}/jwks`,
    authorize: `${root}/authorize`,
    continue: (handle: string) => `${root}/continue/${handle}`,
    arrive: (signIn: string) => `${root}/arrive/${signIn}`,
  };
}

/** `iss` of what is answered; the metadata is at this address with the well-known suffix, and nothing else. */
export function issuerOf(publicUrl: PublicUrl, party: string): string {
  return publicUrl.absolute(providerPaths(party).root);
}

/** OpenID Connect Discovery 1.0, as far as Entra's contract for providers goes. */
export function providerMetadata(publicUrl: PublicUrl, party: string): Record<string, unknown> {
  const paths = providerPaths(party);
  return {
    issuer: issuerOf(publicUrl, party),
    authorization_endpoint: publicUrl.absolute(paths.authorize),
    jwks_uri: publicUrl.absolute(paths.keys),
    scopes_supported: ['openid'],
    response_types_supported: ['id_token'],
    response_modes_supported: ['form_post'],
    grant_types_supported: ['implicit'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    claim_types_supported: ['normal'],
    claims_parameter_supported: true,
    claims_supported: ['acr', 'amr', 'aud', 'exp', 'iat', 'iss', 'nonce', 'sub'],
    acr_values_supported: [SECOND_FACTOR_ACR],
  };
}
