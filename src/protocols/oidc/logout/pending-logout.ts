import { createHash } from 'node:crypto';

/** A logout that waits for the person's word. `returnTo` has been checked against the client's registration. */
export interface PendingLogout {
  relyingParty: string | null;
  returnTo: string | null;
}

export function logoutKey(handle: string): string {
  return `oidc:logout:${createHash('sha256').update(handle).digest('base64url')}`;
}
