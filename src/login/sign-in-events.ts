import type { AuditEvent } from '../audit/audit-event.js';
import type { FailureReason } from '../audit/failure-reasons.js';
import type { PersonId } from '../directory/person.js';
import type { Person } from '../directory/person.js';
import type { FactorEvent } from '../sessions/factor-event.js';
import type { SignInCircumstances } from './engine-input.js';
import type { SignInRecord } from './sign-in-record.js';

/** A sign-in ended well: inputs and rule of the decision, and the proofs it rested on. */
export function completedEvent(
  { id, request }: SignInRecord,
  person: Person,
  proofs: readonly FactorEvent[],
  rule: string,
  at: SignInCircumstances,
): AuditEvent {
  return {
    kind: 'sign_in.completed',
    person: person.id,
    relyingParty: request.relyingParty,
    clientAddress: at.clientAddress,
    data: {
      sign_in: id,
      protocol: request.protocol,
      entry: request.entry,
      rule,
      asked_factors: request.asked.factors,
      asked_max_age: request.asked.maxAge,
      forced: request.force,
      groups: person.groups,
      factors: proofs.map(({ factor, at: provedAt }) => ({ factor, at: provedAt })),
    },
  };
}

/** An answer was wrong, or the sign-in ended badly. */
export function failedEvent(
  { id, request }: SignInRecord,
  reason: FailureReason,
  at: SignInCircumstances,
  more: { person: PersonId | null; data: NonNullable<AuditEvent['data']> },
): AuditEvent {
  return {
    kind: 'sign_in.failed',
    ...(more.person === null ? {} : { person: more.person }),
    reason,
    relyingParty: request.relyingParty,
    clientAddress: at.clientAddress,
    data: { sign_in: id, entry: request.entry, ...more.data },
  };
}
