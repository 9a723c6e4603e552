import type { AuditEvent } from '../audit-event.js';
import type { FailureReason } from '../failure-reasons.js';
import { circumstances } from './circumstances.js';
import type { Circumstances } from './circumstances.js';

type Data = NonNullable<AuditEvent['data']>;

/**
 * A sign-in has fulfilled its policy.
 * @param facts what decided: the policy's inputs, its rule, and the factor events that acr and amr derive from
 */
export function signInCompleted(
  about: Circumstances,
  facts: {
    signIn: string;
    protocol: string;
    entry: string;
    rule: string;
    amr: readonly string[];
    factors: readonly { factor: string; at: number }[];
    inputs: Data;
  },
): AuditEvent {
  const { signIn, protocol, entry, rule, amr, factors, inputs } = facts;
  return {
    kind: 'sign_in.completed',
    ...circumstances(about),
    data: {
      ...inputs,
      sign_in: signIn,
      protocol,
      entry,
      rule,
      amr,
      factors: factors.map(({ factor, at }) => ({ factor, at })),
    },
  };
}

/** A step was refused or the whole sign-in ended without arriving. */
export function signInFailed(
  about: Circumstances,
  reason: FailureReason,
  facts: { signIn?: string; entry?: string; factor?: string; ended?: boolean } = {},
): AuditEvent {
  const { signIn, entry, factor, ended } = facts;
  return {
    kind: 'sign_in.failed',
    ...circumstances(about),
    reason,
    data: {
      ...(signIn === undefined ? {} : { sign_in: signIn }),
      ...(entry === undefined ? {} : { entry }),
      ...(factor === undefined ? {} : { factor }),
      ...(ended === undefined ? {} : { ended }),
    },
  };
}

/** A person arrived at a relying party: something was issued to it. */
export function relyingPartyEntered(
  about: Circumstances,
  facts: {
    protocol: string;
    session: string | null;
    acr: string;
    amr: readonly string[];
    rule: string;
  },
): AuditEvent {
  return { kind: 'relying_party.entered', ...circumstances(about), data: { ...facts } };
}

export function consentGiven(about: Circumstances, scopes: readonly string[]): AuditEvent {
  return { kind: 'consent.given', ...circumstances(about), data: { scopes } };
}
