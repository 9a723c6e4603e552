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

/**
 * May this person still hold what a relying party was given for them? For the moments when no browser of theirs is
 * there (a refresh, a redemption): only what forbids entry from every address counts.
 */
export type StandingPermission = (
  relyingParty: RelyingParty,
  person: Pick<Person, 'groups'>,
) => boolean;

export function createStandingPermission(deps: {
  rules: readonly PolicyRule[];
}): StandingPermission {
  const asked = { factors: 1, maxAge: null, allowedFactors: null } as const;
  return (relyingParty, person) =>
    [true, false].some((inside) => {
      const facts = { relyingParty, person, asked, inNetworks: () => inside };
      return decidePolicy(facts, deps.rules).allowed;
    });
}

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
