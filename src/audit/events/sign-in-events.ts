import type { AuditEvent, AuditValue } from '../audit-event.js';
import type { FailureReason } from '../failure-reasons.js';
import { circumstances, type Circumstances } from './circumstances.js';

/** Data of one sort of event, for what only its caller knows. */
type Details = { readonly [name: string]: AuditValue };

/**
 * A sign-in has fulfilled its policy.
 * @param facts.rule the policy rule that decided
 * @param facts.factors the proofs that acr and amr derive from
 * @param facts.browser words for the browser; empty where there are none
 * @param facts.inputs what the policy looked at
 */
export function signInCompleted(
  about: Circumstances,
  facts: {
    signIn: string;
    protocol: string;
    entry: string;
    rule: string;
    browser: string;
    factors: readonly { factor: string; at: number; credential?: string }[];
    inputs: Details;
  },
): AuditEvent {
  const { signIn, protocol, entry, rule, browser, inputs } = facts;
  const factors = facts.factors.map(({ factor, at, credential }) => {
    return { factor, at, ...(credential === undefined ? {} : { credential }) };
  });
  return {
    kind: 'sign_in.completed',
    ...circumstances(about),
    data: { ...inputs, sign_in: signIn, protocol, entry, rule, browser, factors },
  };
}

/** A step was refused, or the whole sign-in ended without arriving. */
export function signInFailed(
  about: Circumstances,
  reason: FailureReason,
  facts: { signIn: string; entry: string; browser: string } & Details,
): AuditEvent {
  const { signIn, ...data } = facts;
  return {
    kind: 'sign_in.failed',
    ...circumstances(about),
    reason,
    data: { sign_in: signIn, ...data },
  };
}

/** Something outside a sign-in was refused: a form that is not ours, a link that is over, a bad request. */
export function requestRefused(
  about: Circumstances,
  reason: FailureReason,
  data: { entry: string } & Details,
): AuditEvent {
  return { kind: 'request.refused', ...circumstances(about), reason, data };
}

export function consentGiven(about: Circumstances, scopes: readonly string[]): AuditEvent {
  return { kind: 'consent.given', ...circumstances(about), data: { scopes } };
}
