import type { KoaContextWithOIDC } from 'oidc-provider';
import { decodeJwt } from 'jose';
import type { RelyingParty } from '../../../relying-parties/relying-party.js';

/**
 * The library drops `offline_access` from a request without `prompt=consent` (OpenID Connect Core 1.0, 11, which
 * allows other conditions for offline access). A first party with the refresh_token grant needs no consent page, so its
 * request keeps the scope.
 */
export function keepOfflineAccess(ctx: KoaContextWithOIDC, relyingParty: RelyingParty): void {
  const { client, params } = ctx.oidc;
  if (relyingParty.thirdParty || client?.grantTypeAllowed('refresh_token') !== true) return;
  const asked = writtenScope(ctx)?.split(' ') ?? [];
  const scope = params?.['scope'];
  if (!asked.includes('offline_access') || typeof scope !== 'string' || params === undefined)
    return;
  if (!scope.split(' ').includes('offline_access')) params['scope'] = `${scope} offline_access`;
}

/** The scope as the client wrote it: in the query, in the body it pushes, or in what it had pushed before. */
function writtenScope({ oidc, querystring }: KoaContextWithOIDC): string | null {
  const { PushedAuthorizationRequest: pushed } = oidc.entities;
  const written =
    pushed !== undefined && oidc.route === 'authorization'
      ? decodeJwt(pushed.request ?? '')['scope']
      : (oidc.body?.['scope'] ?? new URLSearchParams(querystring).get('scope'));
  return typeof written === 'string' ? written : null;
}
