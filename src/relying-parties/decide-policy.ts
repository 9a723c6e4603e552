import type { PolicyRule } from './policy-rules.js';
import type { RelyingParty } from './relying-party.js';

/** Everything a policy decision may look at; recorded with the sign-in's audit row. */
export interface PolicyFacts {
  relyingParty: Pick<RelyingParty, 'id' | 'profileId' | 'enabled' | 'policy'>;
  person: { groups: readonly string[] };
  /** Tells whether the client address lies in one of the CIDR blocks. */
  inNetworks: (networks: readonly string[]) => boolean;
  /** What the request itself asks for, beyond policy. */
  asked: { factors: 1 | 2; maxAge: number | null; allowedFactors: readonly string[] | null };
}

export type PolicyDecision =
  | { allowed: false; rule: string }
  | {
      allowed: true;
      rule: string;
      factors: 1 | 2;
      /** Milliseconds; `null`: as old as the session lives. */
      maxAge: number | null;
      allowedFactors: readonly string[] | null;
    };

/**
 * What must be proved to enter a relying party. Pure, and evaluated on every entry path and again at the moment
 * of issuing. Demands only add up: a rule can ask for more than the relying party, never for less, except that a
 * rule decides instead of the relying party's number of factors where it names one.
 */
export function decidePolicy(facts: PolicyFacts, rules: readonly PolicyRule[]): PolicyDecision {
  const { relyingParty, person, asked } = facts;
  const { policy } = relyingParty;
  if (!relyingParty.enabled) return { allowed: false, rule: 'relying-party-disabled' };
  if (policy.groups !== null && !intersects(policy.groups, person.groups)) {
    return { allowed: false, rule: 'relying-party-groups' };
  }
  const rule = rules.find((candidate) => matches(candidate, facts));
  if (rule !== undefined && 'deny' in rule.then) return { allowed: false, rule: rule.name };
  const demanded = rule !== undefined && 'factors' in rule.then ? rule.then : policy;
  return {
    allowed: true,
    rule: rule?.name ?? 'relying-party',
    factors: demanded.factors === 2 || asked.factors === 2 ? 2 : 1,
    maxAge: smallest(policy.maxAge, demanded.maxAge, asked.maxAge),
    allowedFactors: narrowest(policy.allowedFactors, asked.allowedFactors),
  };
}

function matches({ when }: PolicyRule, facts: PolicyFacts): boolean {
  return (
    (when.relyingParties === null || isNamed(facts.relyingParty, when.relyingParties)) &&
    (when.groups === null || intersects(when.groups, facts.person.groups)) &&
    (when.networks === null || facts.inNetworks(when.networks)) &&
    (when.outsideNetworks === null || !facts.inNetworks(when.outsideNetworks))
  );
}

function isNamed(
  { id, profileId = id }: PolicyFacts['relyingParty'],
  named: readonly string[],
): boolean {
  return named.includes(id) || named.includes(profileId);
}

function intersects(a: readonly string[], b: readonly string[]): boolean {
  return a.some((value) => b.includes(value));
}

function smallest(...ages: readonly (number | null)[]): number | null {
  const known = ages.filter((age) => age !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function narrowest(
  a: readonly string[] | null,
  b: readonly string[] | null,
): readonly string[] | null {
  if (a === null) return b;
  return b === null ? a : a.filter((name) => b.includes(name));
}
