import type { KoaContextWithOIDC } from 'oidc-provider';
import { askedResourceScopes } from '../resources/resource-scopes.js';
import { claimsByScope } from '../own-scopes.js';

type Asked = Pick<KoaContextWithOIDC['oidc'], 'requestParamOIDCScopes' | 'requestParamClaims'>;
type AskedInAll = Asked & Parameters<typeof askedResourceScopes>[0];

/**
 * The scopes a request amounts to: those it names, and those whose claims it asks for one by one (OpenID Connect Core
 * 1.0, 5.5), and those at resources. A person who is asked must see the same, whichever way the service asks.
 */
export function askedScopes(asked: AskedInAll): string[] {
  const { requestParamOIDCScopes, requestParamClaims } = asked;
  const behind = [...requestParamClaims].flatMap((claim) => scopeOfClaim(claim) ?? []);
  return [...new Set([...requestParamOIDCScopes, ...behind, ...askedResourceScopes(asked)])];
}

/** The claims asked for one by one that these scopes cover; those of no scope say nothing beyond `openid`. */
export function coveredClaims({ requestParamClaims }: Asked, scopes: readonly string[]): string[] {
  return [...requestParamClaims].filter((claim) => {
    const scope = scopeOfClaim(claim);
    return scope === null || scopes.includes(scope);
  });
}

function scopeOfClaim(claim: string): string | null {
  const found = Object.entries(claimsByScope).find(([, claims]) =>
    (claims as readonly string[]).includes(claim),
  );
  return found?.[0] ?? null;
}
