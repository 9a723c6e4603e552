import type { Person } from '../directory/person.js';
import { decidePolicy, type PolicyDecision } from '../relying-parties/decide-policy.js';
import type { PolicyRule } from '../relying-parties/policy-rules.js';
import type { RelyingParty } from '../relying-parties/relying-party.js';
import type { SignInRequest } from './sign-in-request.js';

/** Policy with the organisation's rules already bound: the same function at every entry and at every issue. */
export type EvaluatePolicy = (
  relyingParty: RelyingParty,
  person: Pick<Person, 'groups'>,
  request: Pick<SignInRequest, 'asked' | 'allowedFactors'>,
  clientAddress: string,
) => PolicyDecision;

export function createPolicyEvaluation(deps: {
  rules: readonly PolicyRule[];
  addressIn: (address: string, networks: readonly string[]) => boolean;
}): EvaluatePolicy {
  return (relyingParty, person, request, clientAddress) =>
    decidePolicy(
      {
        relyingParty,
        person,
        inNetworks: (networks) => deps.addressIn(clientAddress, networks),
        asked: {
          factors: request.asked.factors,
          maxAge: request.asked.maxAge,
          allowedFactors: request.allowedFactors,
        },
      },
      deps.rules,
    );
}
