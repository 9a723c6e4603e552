import type { AuditEvent } from '../audit-event.js';
import { circumstances, type Circumstances } from './circumstances.js';

/** Which factor and which of its credentials; never a secret. */
export interface CredentialFacts {
  factor: string;
  credential: string;
  label: string;
}

/** @param facts.imported taken over from another system, not set up by the person */
export const factorEnrolled = (
  about: Circumstances,
  facts: CredentialFacts & { imported?: true },
): AuditEvent => factorEvent('factor.enrolled', about, { ...facts });

export const factorRemoved = (about: Circumstances, facts: CredentialFacts): AuditEvent =>
  factorEvent('factor.removed', about, { ...facts });

/** @param facts.until milliseconds since the epoch; of no meaning when locked for good, after too many over all locks */
export const factorLocked = (
  about: Circumstances,
  facts: { factor: string; until: number; forGood: boolean; attempts: number },
): AuditEvent => {
  const { forGood, ...lock } = facts;
  return factorEvent('factor.locked', about, forGood ? { ...lock, forGood } : lock);
};

/** Wrong answers are forgiven, by the person themselves with another factor. */
export const factorUnlocked = (about: Circumstances, factor: string): AuditEvent =>
  factorEvent('factor.unlocked', about, { factor });

/** Two codes in a row told where a device is, after its codes were accepted no more. */
export const factorResynchronised = (
  about: Circumstances,
  facts: { factor: string; credential: string },
): AuditEvent => factorEvent('factor.resynchronised', about, { ...facts });

export const recoveryCodesGenerated = (about: Circumstances, codes: number): AuditEvent =>
  factorEvent('recovery_codes.generated', about, { codes });

export const recoveryCodeUsed = (about: Circumstances, remaining: number): AuditEvent =>
  factorEvent('recovery_code.used', about, { remaining });

function factorEvent(
  kind: AuditEvent['kind'],
  about: Circumstances,
  data: NonNullable<AuditEvent['data']>,
): AuditEvent {
  return { kind, ...circumstances(about), data };
}
