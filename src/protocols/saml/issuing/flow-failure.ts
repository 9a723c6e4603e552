import type { FailureReason } from '../../../audit/failure-reasons.js';
import type {
  SecondLevelStatus,
  TopLevelStatus,
} from '../../../saml-core/build-status-response.js';

/** Why a service does not get an assertion, for its status and for the audit row. */
export interface FlowFailure {
  reason: FailureReason;
  /** Exact, for the audit row. */
  detail: string;
  status: TopLevelStatus;
  subStatus: SecondLevelStatus | null;
}

const subStatuses: Partial<Readonly<Record<FailureReason, SecondLevelStatus | null>>> = {
  policy_denied: 'RequestDenied',
  strength_unreachable: 'NoAuthnContext',
  subject_mismatch: 'UnknownPrincipal',
  assertion_impossible: null,
};

/** A failure on our side of the matter, with the status that says it (SAML 2.0 core, 3.2.2.2). */
export function failureOf(reason: FailureReason, detail: string): FlowFailure {
  const sub = subStatuses[reason];
  return {
    reason,
    detail,
    status: 'Responder',
    subStatus: sub === undefined ? 'AuthnFailed' : sub,
  };
}
