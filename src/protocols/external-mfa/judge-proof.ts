import type { FailureReason } from '../../audit/failure-reasons.js';
import type { Person } from '../../directory/person.js';
import type { EvaluatePolicy } from '../../login/evaluate-policy.js';
import type { SignInRequest } from '../../login/sign-in-request.js';
import type { SignInResult } from '../../login/sign-in-result.js';
import type { RelyingParty } from '../../relying-parties/relying-party.js';
import { assertedAuthentication } from '../../sessions/asserted-authentication.js';
import type { FactorEvent } from '../../sessions/factor-event.js';
import { strengthOf } from '../../sessions/strength.js';
import type { SecondFactorFlow } from './parked-requests.js';

export type JudgedProof =
  | { ok: true; acr: string; amr: string; rule: string }
  | { ok: false; reason: FailureReason; detail: string };

/** What may be said of a sign-in that has completed, by policy as it is now and by the one table of what is true. */
export function judgeProof(
  { evaluatePolicy }: { evaluatePolicy: EvaluatePolicy },
  facts: {
    party: RelyingParty;
    person: Pick<Person, 'groups'>;
    flow: Pick<SecondFactorFlow, 'request'>;
    request: SignInRequest;
    result: Pick<Extract<SignInResult, { outcome: 'completed' }>, 'events'>;
    clientAddress: string;
    now: number;
  },
): JudgedProof {
  const { party, person, flow, request, result, clientAddress, now } = facts;
  const decision = evaluatePolicy(party, person, request, clientAddress);
  if (!decision.allowed) return { ok: false, reason: 'policy_denied', detail: decision.rule };
  const { allowedFactors, factors, rule } = decision;
  const counts = ({ factor }: FactorEvent): boolean =>
    factor === 'password' || allowedFactors === null || allowedFactors.includes(factor);
  const recent = result.events.filter(counts);
  const { amrs } = flow.request;
  const asked = {
    method: 'any',
    force: false,
    maxAge: null,
    multiFactorMaxAge: null,
    ...(amrs === null ? {} : { references: amrs }),
  } as const;
  const said = assertedAuthentication('external-mfa', { earlier: [], recent }, asked, now);
  const isEnough = strengthOf(recent).factors >= factors;
  if (said.method === null || said.reference === null || !isEnough) {
    return { ok: false, reason: 'strength_unreachable', detail: 'at-issue' };
  }
  return { ok: true, acr: said.method, amr: said.reference, rule };
}
