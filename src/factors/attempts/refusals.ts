import { factorLocked } from '../../audit/events/factor-events.js';
import type { AuditLog } from '../../audit/audit-log.js';
import type { FailureReason } from '../../audit/failure-reasons.js';
import type { Person } from '../../directory/person.js';
import type { FactorContext, FactorVerdict } from '../factor.js';
import type { Lockout } from './lockout.js';

/**
 * The answer when no attempt could be counted.
 * @param lockedUntil `null` when there is nothing enrolled
 * @param nothingEnrolled what is said then
 */
export const refusedUncounted = (
  lockedUntil: number | null,
  nothingEnrolled: FailureReason = 'no_factor_enrolled',
): FactorVerdict =>
  lockedUntil === null
    ? { kind: 'refused', reason: nothingEnrolled }
    : { kind: 'refused', reason: 'factor_locked', lockedUntil };

/** The answer to a counted attempt that was wrong. The one that reached the limit tells the audit log of the lock. */
export async function refusedWrong(
  audit: Pick<AuditLog, 'record'>,
  attempt: {
    factor: string;
    person: Person;
    reason: FailureReason;
    lockedUntil: number | null;
    lockout: Lockout;
    context: FactorContext;
  },
): Promise<FactorVerdict> {
  const { factor, person, reason, lockedUntil, lockout, context } = attempt;
  if (lockedUntil === null) return { kind: 'refused', reason };
  const lock = { factor, until: lockedUntil, attempts: lockout.attempts };
  await audit.record(factorLocked({ person: person.id, ...context }, lock));
  return { kind: 'refused', reason: 'factor_locked', lockedUntil };
}
