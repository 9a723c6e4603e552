import type { AuditEvent } from '../audit-event.js';
import { circumstances, type Circumstances } from './circumstances.js';

/**
 * @param facts.session its public id
 * @param facts.unreached participants that could not be told
 * @param facts.toVisit participants that only a browser can tell; `logout.completed` says what became of it
 */
export function sessionEnded(
  about: Circumstances,
  facts: { session: string; unreached: readonly string[]; toVisit: readonly string[] },
): AuditEvent {
  const { session, unreached, toVisit } = facts;
  return {
    kind: 'session.ended',
    ...circumstances(about),
    data: { session, unreached, to_visit: toVisit },
  };
}

/**
 * A browser has been at every participant that only it could tell.
 * @param facts.session public id of the session that this browser had
 */
export function logoutCompleted(
  about: Circumstances,
  facts: { session: string | null; reached: readonly string[]; unreached: readonly string[] },
): AuditEvent {
  return { kind: 'logout.completed', ...circumstances(about), data: { ...facts } };
}

/**
 * A session ends because a service asked for it with less than a good signature, which is accepted of Microsoft alone.
 * @param facts.session public id of the session
 * @param facts.proof `none`, or a signature with SHA-1
 */
export function logoutWeaklyRequested(
  about: Circumstances,
  facts: { session: string; proof: string },
): AuditEvent {
  return { kind: 'logout.weakly_requested', ...circumstances(about), data: { ...facts } };
}
