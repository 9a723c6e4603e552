import type { AuditEvent } from '../audit-event.js';
import { circumstances, type Circumstances } from './circumstances.js';

/**
 * @param facts.session its public id
 * @param facts.unreached participants that could not be told
 */
export function sessionEnded(
  about: Circumstances,
  facts: { session: string; unreached: readonly string[] },
): AuditEvent {
  return { kind: 'session.ended', ...circumstances(about), data: { ...facts } };
}
