/** Standard claims by scope (OpenID Connect Core 1.0, 5.4), besides `groups`. */
export const claimsByScope = {
  profile: ['name', 'preferred_username', 'locale'],
  email: ['email'],
  groups: ['groups'],
} as const;

/** Scopes that are not those of a resource. */
export const ownScopes: readonly string[] = [
  'openid',
  'offline_access',
  ...Object.keys(claimsByScope),
];
