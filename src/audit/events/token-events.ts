import type { AuditEvent } from '../audit-event.js';
import { circumstances, type Circumstances } from './circumstances.js';

/** @param client its `client_id`; never the code itself */
export const codeRedeemed = (about: Circumstances, client: string | null): AuditEvent => ({
  kind: 'code.redeemed',
  ...circumstances(about),
  data: { client },
});

/** Everything that came of the code is revoked. */
export const codeReused = (about: Circumstances): AuditEvent => ({
  kind: 'code.reused',
  ...circumstances(about),
});

export const refreshTokenRotated = (about: Circumstances): AuditEvent => ({
  kind: 'refresh_token.rotated',
  ...circumstances(about),
});

/** The family of the token is revoked. */
export const refreshTokenReused = (about: Circumstances): AuditEvent => ({
  kind: 'refresh_token.reused',
  ...circumstances(about),
});
