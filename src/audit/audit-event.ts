import type { FailureReason } from './failure-reasons.js';

/** What one audit row says. Never carries a secret: no password, code, token, cookie or key. */
export interface AuditEvent {
  /** Closed set, `<thing>.<what happened>`, for instance `sign_in.completed`. */
  kind: AuditEventKind;
  person?: string;
  relyingParty?: string;
  reason?: FailureReason;
  clientAddress?: string;
  data?: { readonly [name: string]: AuditValue };
}

export type AuditValue =
  | string
  | number
  | boolean
  | null
  | readonly AuditValue[]
  | { readonly [name: string]: AuditValue };

export const auditEventKinds = [
  'sign_in.completed',
  'sign_in.failed',
  'request.refused',
  'session.ended',
  'sessions.ended_everywhere',
  'logout.completed',
  'logout.weakly_requested',
  'code.redeemed',
  'code.reused',
  'refresh_token.rotated',
  'refresh_token.reused',
  'consent.given',
  'assertion.issued',
  'external_account.linked',
  'external_account.unlinked',
  'client.registered',
  'client.changed',
  'client.removed',
  'registration_token.created',
  'registration_token.revoked',
  'person.added',
  'person.changed',
  'person.disabled',
  'person.enabled',
  'person.unlocked',
  'password.changed',
  'password.reset_requested',
  'password.locked',
  'factor.enrolled',
  'factor.removed',
  'factor.locked',
  'factor.resynchronised',
  'factor.unlocked',
  'recovery_codes.generated',
  'recovery_code.used',
  'device.activation_issued',
  'device.activation_refused',
  'device.added',
  'device.revoked',
  'device.locked',
  'sign_in.disowned',
  'key.published',
  'key.used',
  'key.retired',
  'relying_party.imported',
  'relying_party.removed',
  'relying_party.metadata_changed',
  'configuration.reloaded',
  'configuration.refused',
  'audit.aggregated',
  'alarm.raised',
  'alarm.cleared',
  'server.started',
] as const;

export type AuditEventKind = (typeof auditEventKinds)[number];
