import type { AuditReference } from '../audit/audit-log.js';
import type { FailureReason } from '../audit/failure-reasons.js';
import type { Person } from '../directory/person.js';
import type { FactorEvent } from '../sessions/factor-event.js';
import type { SessionId } from '../sessions/session.js';

/** How a sign-in ended. A protocol turns it into its own response. */
export type SignInResult =
  | {
      outcome: 'completed';
      person: Person;
      issuer: string;
      events: readonly FactorEvent[];
      /** `null` for an isolated sign-in. */
      session: SessionId | null;
      /** The policy rule that decided. */
      rule: string;
    }
  | { outcome: 'failed'; reason: FailureReason; reference: AuditReference | null };
