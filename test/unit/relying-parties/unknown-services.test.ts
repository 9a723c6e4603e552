import { expect, test } from '@jest/globals';
import {
  describeUnknownService,
  unknownServices,
} from '../../../src/relying-parties/unknown-services.js';
import type { PolicyRule } from '../../../src/relying-parties/policy-rules.js';

const parties = [{ id: 'payroll' }, { id: 'microsoft-365-wsfed', profileId: 'microsoft-365' }];
const named = (relyingParties: string[] | null): PolicyRule => ({
  name: 'strict',
  when: { relyingParties, groups: null, networks: null, outsideNetworks: null },
  then: { deny: true },
});

test('services, profiles and our own pages may be named; a rule may name none', () => {
  const rules = [
    named(['payroll', 'microsoft-365', 'microsoft-365-wsfed', 'account']),
    named(null),
  ];
  expect(unknownServices(rules, parties, ['account'])).toEqual([]);
});

test('what nobody knows is told with what may be meant', () => {
  const unknown = unknownServices([named(['payrol', 'intranet'])], parties, ['account']);
  expect(unknown).toEqual([
    { rule: 'strict', named: 'payrol', nearest: 'payroll' },
    { rule: 'strict', named: 'intranet', nearest: null },
  ]);
  expect(unknown.map(describeUnknownService)).toEqual([
    'The rule "strict" names "payrol", which is no service: there it never holds. Is "payroll" meant?',
    'The rule "strict" names "intranet", which is no service: there it never holds.',
  ]);
});
