import type { AuditReference } from '../audit/audit-log.js';
import type { FailureReason } from '../audit/failure-reasons.js';
import type { Person } from '../directory/person.js';
import type { FactorPrompt } from '../factors/factor.js';
import type { PrefixedId } from '../kernel/prefixed-id.js';
import type { FactorCategory, FactorEvent } from '../sessions/factor-event.js';
import type { Session } from '../sessions/session.js';
import type { SignInRequest } from './sign-in-request.js';
import type { SignInResult } from './sign-in-result.js';

export type SignInId = PrefixedId<'sgn'>;

/** One attempt to sign in. Lives sealed in the ephemeral store; nothing is proved in it after `expiresAt`. */
export interface SignInRecord {
  v: 1;
  id: SignInId;
  /** SHA-256 of the secret of the browser that started it; `null` for the headless host. */
  browserHash: string | null;
  request: SignInRequest;
  startedAt: number;
  expiresAt: number;
  /** The session the browser brought along, when the request may join it. */
  session:
    | (Pick<Session, 'id' | 'person' | 'epoch' | 'events' | 'startedAt'> &
        Partial<Pick<Session, 'credentialsUsed'>>)
    | null;
  /** Who is signing in; known only after the password (or from the session for a step-up). */
  person: Person | null;
  mustChangePassword: boolean;
  /** Proved in this sign-in. */
  events: readonly FactorEvent[];
  /** What the person has enrolled; read once, after the password. */
  enrolled: readonly EnrolledFactor[] | null;
  /** Where that is nothing: why it is not that they never had any. Absent as long as nobody has looked. */
  outOfUse?: FailureReason | null;
  /** Shown with the current step: why the last answer was refused. */
  failure: { reason: FailureReason; reference: AuditReference } | null;
  /** What was typed as user name, to prefill the page after a refusal. */
  typedUsername: string | null;
  step: SignInStep;
}

export interface EnrolledFactor {
  factor: string;
  category: FactorCategory;
  use: 'ordinary' | 'fallback';
  askedFirst?: true;
  /** It would not count here, so nobody is offered it. */
  offered?: false;
}

export type SignInStep =
  | { kind: 'password' }
  | { kind: 'change-password' }
  | { kind: 'factor'; factor: string; prompt: FactorPrompt }
  | { kind: 'choose-factor' }
  /** `others` can be set up instead. */
  | { kind: 'enrol'; factor: string; prompt: FactorPrompt; others?: readonly string[] }
  | { kind: 'ended'; result: SignInResult };

/** Names a step in forms, so that an answer to one step is never taken as the answer to another. */
export function stepLabel(step: SignInStep): string {
  return 'factor' in step ? `${step.kind}:${step.factor}` : step.kind;
}
