import { errors, type Client, type ResourceServer } from 'oidc-provider';
import type { OidcResource } from '../../../config/configuration.js';
import type { OidcSettings } from '../client-settings.js';

/** What may be asked for by which client (RFC 8707), in the library's words. */
export function createResourceDirectory(deps: {
  everybodys: readonly OidcResource[];
  settingsOf: (client: Client) => OidcSettings | null;
}): (identifier: string, client: Client) => ResourceServer {
  return (identifier, client) => {
    const settings = deps.settingsOf(client);
    const known = [...(settings?.resources ?? []), ...deps.everybodys];
    const found = known.find((resource) => resource.identifier === identifier);
    if (settings === null || found === undefined) throw new errors.InvalidTarget();
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

/** Nobody asks us about a JWT, so nothing but its end can make it invalid. */
export const LONGEST_JWT_SECONDS = 5 * 60;
