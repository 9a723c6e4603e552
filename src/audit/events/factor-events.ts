import type { AuditEvent } from '../audit-event.js';
import { circumstances } from './circumstances.js';
import type { Circumstances } from './circumstances.js';

/** Which factor and, where there is one, the credential's id; never its secret. */
export interface FactorFacts {
  factor: string;
  credential: string | null;
}

export const factorEnrolled = (
  about: Circumstances,
  { factor, credential, label }: FactorFacts & { label: string },
): AuditEvent => factorEvent('factor.enrolled', about, { factor, credential, label });

export const factorRemoved = (
  about: Circumstances,
  { factor, credential, by }: FactorFacts & { by: 'person' | 'administrator' | 'command-line' },
): AuditEvent => factorEvent('factor.removed', about, { factor, credential, by });

/** @param facts.until milliseconds since the epoch */
export const factorLocked = (
  about: Circumstances,
  { factor, until, attempts }: { factor: string; until: number; attempts: number },
): AuditEvent => factorEvent('factor.locked', about, { factor, until, attempts });

export const recoveryCodesGenerated = (about: Circumstances, count: number): AuditEvent =>
  factorEvent('recovery_codes.generated', about, { count });

export const recoveryCodeUsed = (about: Circumstances, remaining: number): AuditEvent =>
  factorEvent('recovery_code.used', about, { remaining });

function factorEvent(
  kind: AuditEvent['kind'],
  about: Circumstances,
  data: NonNullable<AuditEvent['data']>,
): AuditEvent {
  return { kind, ...circumstances(about), data };
}
