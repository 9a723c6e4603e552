import type { AuditEvent } from '../audit-event.js';
import { circumstances } from './circumstances.js';
import type { Circumstances } from './circumstances.js';

/** @param facts.unreached relying parties that could not be told */
export function sessionEnded(
  about: Circumstances,
  facts: {
    session: string;
    by: 'person' | 'relying-party' | 'administrator' | 'expiry';
    told: readonly string[];
    unreached: readonly string[];
  },
): AuditEvent {
  return { kind: 'session.ended', ...circumstances(about), data: { ...facts } };
}

/** Every session, grant and refresh token of the person is void from this epoch on. */
export function sessionsEndedEverywhere(
  about: Circumstances,
  facts: { epoch: number; by: 'person' | 'administrator' | 'command-line' },
): AuditEvent {
  return { kind: 'sessions.ended_everywhere', ...circumstances(about), data: { ...facts } };
}
