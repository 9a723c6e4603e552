import type { AuditEvent, AuditValue } from '../audit-event.js';
import { circumstances } from './circumstances.js';
import type { Circumstances } from './circumstances.js';

/** Names a client and a grant; never the code or the token itself. */
export interface TokenFacts {
  client: string | null;
  grant?: string | undefined;
}

export const codeRedeemed = (about: Circumstances, facts: TokenFacts): AuditEvent =>
  tokenEvent('code.redeemed', about, facts);

/** Everything that came of the code is revoked. */
export const codeReused = (about: Circumstances, facts: TokenFacts): AuditEvent =>
  tokenEvent('code.reused', about, facts);

export const refreshTokenRotated = (about: Circumstances, facts: TokenFacts): AuditEvent =>
  tokenEvent('refresh_token.rotated', about, facts);

/** The family of the token is revoked. */
export const refreshTokenReused = (about: Circumstances, facts: TokenFacts): AuditEvent =>
  tokenEvent('refresh_token.reused', about, facts);

export const grantRevoked = (
  about: Circumstances,
  facts: TokenFacts & { because: string },
): AuditEvent => tokenEvent('grant.revoked', about, facts);

/** A token, assertion or ID token was signed. `id` is its public identifier (jti, AssertionID). */
export const tokenIssued = (
  about: Circumstances,
  facts: TokenFacts & { type: string; id: string; scopes?: readonly string[] },
): AuditEvent => tokenEvent('token.issued', about, facts);

function tokenEvent(
  kind: AuditEvent['kind'],
  about: Circumstances,
  facts: TokenFacts & { because?: string; type?: string; id?: string; scopes?: readonly string[] },
): AuditEvent {
  const known: Record<string, AuditValue> = {};
  for (const [name, value] of Object.entries<AuditValue | undefined>({ ...facts })) {
    if (value !== undefined) known[name] = value;
  }
  return { kind, ...circumstances(about), data: known };
}
