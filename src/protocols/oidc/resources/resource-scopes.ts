import type { Grant, KoaContextWithOIDC } from 'oidc-provider';

type Asked = Pick<KoaContextWithOIDC['oidc'], 'resourceServers' | 'requestParamScopes'>;

/**
 * Scopes at resources as one word each, for consent and its memory: the same scope at another resource is another thing,
 * and an identifier has no fragment.
 */
export function askedResourceScopes({ resourceServers, requestParamScopes }: Asked): string[] {
  return Object.entries(resourceServers ?? {}).flatMap(([identifier, server]) =>
    [...requestParamScopes]
      .filter((scope) => server.scopes.has(scope))
      .map((scope) => wordOf(identifier, scope)),
  );
}

/** Adds those of them that are allowed to a grant. Returns whether it held less before. */
export function grantResourceScopes(
  grant: Grant,
  asked: Asked,
  allowed: readonly string[],
): boolean {
  let added = false;
  for (const [identifier, server] of Object.entries(asked.resourceServers ?? {})) {
    const held = new Set(grant.getResourceScopeEncountered(identifier).split(' '));
    const missing = [...asked.requestParamScopes].filter(
      (scope) =>
        server.scopes.has(scope) && !held.has(scope) && allowed.includes(wordOf(identifier, scope)),
    );
    if (missing.length === 0) continue;
    grant.addResourceScope(identifier, missing.join(' '));
    added = true;
  }
  return added;
}

const wordOf = (identifier: string, scope: string) => `${identifier}#${scope}`;
