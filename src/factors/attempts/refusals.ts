import { factorLocked } from '../../audit/events/factor-events.js';
import type { AuditLog } from '../../audit/audit-log.js';
import type { FailureReason } from '../../audit/failure-reasons.js';
import type { Person } from '../../directory/person.js';
import type { FactorContext, FactorVerdict } from '../factor.js';
import type { Lock, Lockout } from './lockout.js';

/**
 * The answer when no attempt could be counted.
 * @param lock `null` when there is nothing enrolled
 * @param nothingEnrolled what is said then
 */
export const refusedUncounted = (
  lock: Lock | null,
  nothingEnrolled: FactorVerdict = { kind: 'refused', reason: 'no_factor_enrolled', gone: true },
): FactorVerdict => (lock === null ? nothingEnrolled : refusedLocked(lock));

const refusedLocked = ({ until, forGood }: Lock): FactorVerdict =>
  forGood
    ? { kind: 'refused', reason: 'factor_locked_for_good' }
    : { kind: 'refused', reason: 'factor_locked', lockedUntil: until };

/** The answer to a counted attempt that was wrong. The one that reached the limit tells the audit log of the lock. */
export async function refusedWrong(
  audit: Pick<AuditLog, 'record'>,
  attempt: {
    factor: string;
    person: Person;
    reason: FailureReason;
    lock: Lock | null;
    lockout: Lockout;
    context: FactorContext;
  },
): Promise<FactorVerdict> {
  const { factor, person, reason, lock, lockout, context } = attempt;
  if (lock === null) return { kind: 'refused', reason };
  const told = { factor, ...lock, attempts: lockout.attempts };
  await audit.record(factorLocked({ person: person.id, ...context }, told));
  return refusedLocked(lock);
}
