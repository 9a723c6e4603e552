import { errors, type Client, type ResourceServer } from 'oidc-provider';
import type { OidcResource } from '../../../config/configuration.js';
import type { RelyingParty } from '../../../relying-parties/relying-party.js';
import { settingsOf } from '../client-metadata.js';

/** A resource that is part of the product: its tokens are good for programs, never for people. */
export interface OwnResource {
  identifier: string;
  scopes: readonly string[];
}

/**
 * What may be asked for by which client (RFC 8707), in the library's words. Our own resources come first, so that no file can
 * put another in their place, and are for those only whom `scopesAtOwn` allows something.
 * @param grantType of the request; absent at the authorization endpoint
 */
export function createResourceDirectory(deps: {
  own: readonly OwnResource[];
  everybodys: readonly OidcResource[];
  partyOf: (client: Client) => RelyingParty | null;
}): (identifier: string, client: Client, grantType: string | undefined) => ResourceServer {
  return (identifier, client, grantType) => {
    const party = deps.partyOf(client);
    if (party === null) throw new errors.InvalidTarget();
    const own = deps.own.find((resource) => resource.identifier === identifier);
    if (own !== undefined) {
      const scopes = grantType === 'client_credentials' ? scopesAtOwn(party, own) : [];
      if (scopes.length === 0) throw new errors.InvalidTarget();
      return { audience: identifier, scope: scopes.join(' '), accessTokenFormat: 'opaque' };
    }
    const settings = settingsOf(party);
    const known = [...settings.resources, ...deps.everybodys];
    const found = known.find((resource) => resource.identifier === identifier);
    if (found === undefined) throw new errors.InvalidTarget();
    const allowed = settings.scope?.split(' ');
    const scopes = found.scopes.filter((scope) => allowed?.includes(scope) ?? true);
    return found.format === 'jwt'
      ? {
          audience: identifier,
          scope: scopes.join(' '),
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: settings.id_token_signed_response_alg } },
        }
      : { audience: identifier, scope: scopes.join(' '), accessTokenFormat: 'opaque' };
  };
}

/**
 * What a service may do at a resource of ours: only what its file names, so that a service without `scope`, which may ask
 * for everything elsewhere, may do nothing here. Third parties, as all that registered themselves are, never.
 */
export function scopesAtOwn(party: RelyingParty, own: OwnResource): string[] {
  const { scope, grant_types } = settingsOf(party);
  if (party.thirdParty || !grant_types.includes('client_credentials')) return [];
  const named = scope?.split(' ') ?? [];
  return own.scopes.filter((one) => named.includes(one));
}

/** Nobody asks us about a JWT, so nothing but its end can make it invalid. */
export const LONGEST_JWT_SECONDS = 5 * 60;
