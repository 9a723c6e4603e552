import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  ACR_MULTI,
  ACR_SINGLE,
  acrDemands,
  acrOf,
  strengthOf,
} from '../../../src/sessions/strength.js';

const event = fc.record({
  factor: fc.constantFrom('password', 'otp', 'push', 'pin'),
  category: fc.constantFrom('knowledge', 'possession', 'inherence'),
  amr: fc.constantFrom('pwd', 'otp', 'swk', 'pin'),
  at: fc.nat(1_000_000),
});

test('two proofs of one kind are one factor', () => {
  const strength = strengthOf([
    { factor: 'password', category: 'knowledge', amr: 'pwd', at: 1 },
    { factor: 'pin', category: 'knowledge', amr: 'pin', at: 2 },
  ]);
  expect(strength.factors).toBe(1);
  expect(strength.amr).not.toContain('mfa');
});

test('never stronger and never newer than what happened', () => {
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const { factors, amr, authTime } = strengthOf(events);
      expect(factors).toBe(new Set(events.map(({ category }) => category)).size);
      expect(amr.includes('mfa')).toBe(factors >= 2);
      for (const name of amr) {
        if (name !== 'mfa') expect(events.map((each) => each.amr)).toContain(name);
      }
      if (events.length === 0) expect(authTime).toBeNull();
      else expect(authTime).toBeLessThanOrEqual(Math.max(...events.map(({ at }) => at)));
    }),
  );
});

test('an acr is asserted only when its demand is met', () => {
  fc.assert(
    fc.property(
      fc.array(event),
      fc.array(fc.constantFrom(...Object.keys(acrDemands), 'urn:other')),
      (events, asked) => {
        const strength = strengthOf(events);
        const acr = acrOf(strength, asked);
        if (strength.factors === 0) expect(acr).toBeNull();
        else expect(acrDemands[acr ?? '']).toBeLessThanOrEqual(strength.factors);
      },
    ),
  );
  expect(acrOf({ factors: 2, amr: [], authTime: 1 })).toBe(ACR_MULTI);
  expect(acrOf({ factors: 1, amr: [], authTime: 1 })).toBe(ACR_SINGLE);
});
