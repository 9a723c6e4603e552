import { describe, expect, test } from '@jest/globals';
import { decidePolicy, type PolicyFacts } from '../../../src/relying-parties/decide-policy.js';
import type { PolicyRule } from '../../../src/relying-parties/policy-rules.js';

const facts: PolicyFacts = {
  relyingParty: {
    id: 'payroll',
    enabled: true,
    policy: { factors: 2, maxAge: null, allowedFactors: null, groups: null },
  },
  person: { groups: ['staff'] },
  inNetworks: (networks) => networks.includes('10.0.0.0/8'),
  asked: { factors: 1, maxAge: null, allowedFactors: null },
};
const nothing = { relyingParties: null, groups: null, networks: null, outsideNetworks: null };
const office: PolicyRule = {
  name: 'office',
  when: { ...nothing, networks: ['10.0.0.0/8'] },
  then: { factors: 1, maxAge: null },
};
const guests: PolicyRule = {
  name: 'no-guests',
  when: { ...nothing, groups: ['guests'] },
  then: { deny: true },
};

describe('policy', () => {
  test('the relying party decides where no rule matches', () => {
    expect(decidePolicy(facts, [guests])).toMatchObject({
      allowed: true,
      factors: 2,
      rule: 'relying-party',
    });
  });

  test('a rule that matches decides the factors', () => {
    expect(decidePolicy(facts, [office])).toMatchObject({ factors: 1, rule: 'office' });
    const away = { ...facts, inNetworks: () => false };
    expect(decidePolicy(away, [office])).toMatchObject({ factors: 2, rule: 'relying-party' });
  });

  test('a request can ask for more, never for less', () => {
    const more = { ...facts, asked: { factors: 2 as const, maxAge: 1000, allowedFactors: null } };
    expect(decidePolicy(more, [office])).toMatchObject({ factors: 2, maxAge: 1000 });
  });

  test('ages and allowed factors only narrow', () => {
    const policy = {
      factors: 2 as const,
      maxAge: 5000,
      allowedFactors: ['otp', 'push'],
      groups: null,
    };
    const narrow = {
      ...facts,
      relyingParty: { ...facts.relyingParty, policy },
      asked: { factors: 1 as const, maxAge: 9000, allowedFactors: ['push', 'passkey'] },
    };
    expect(decidePolicy(narrow, [])).toMatchObject({ maxAge: 5000, allowedFactors: ['push'] });
  });

  test.each<[string, Partial<PolicyFacts>, string]>([
    [
      'a disabled relying party',
      { relyingParty: { ...facts.relyingParty, enabled: false } },
      'relying-party-disabled',
    ],
    [
      'somebody outside its groups',
      {
        relyingParty: {
          ...facts.relyingParty,
          policy: { ...facts.relyingParty.policy, groups: ['finance'] },
        },
      },
      'relying-party-groups',
    ],
    ['a rule that denies', { person: { groups: ['guests'] } }, 'no-guests'],
  ])('%s is denied', (_name, change, rule) => {
    expect(decidePolicy({ ...facts, ...change }, [guests])).toEqual({ allowed: false, rule });
  });

  test('a group is matched whole, not by its beginning', () => {
    const near = { ...facts, person: { groups: ['guests-not'] } };
    expect(decidePolicy(near, [guests])).toMatchObject({ allowed: true });
  });
});
