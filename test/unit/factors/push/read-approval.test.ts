import { expect, test } from '@jest/globals';
import { readApproval } from '../../../../src/factors/push/read-approval.js';

const expected = {
  challenge: 'chl_1',
  profile: 'prf_1',
  relyingParty: 'payroll',
  service: 'Payroll',
  place: 'Head office',
  browser: 'Firefox, Windows',
  at: 1,
  nonce: 'n',
  seq: 9,
};
const approved = { ...expected, number: '07', decision: 'approve' };

test('what was asked, with number or without', () => {
  expect(readApproval(approved, expected)).toEqual(approved);
  for (const decision of ['deny', 'not_me']) {
    const payload = { ...expected, number: null, decision };
    expect(readApproval(payload, expected)).toEqual(payload);
  }
});

test.each([
  ...Object.keys(expected).map((name) => [`another ${name}`, { ...approved, [name]: 'x' }]),
  ...Object.keys(approved).map((name) => [
    `no ${name}`,
    Object.fromEntries(Object.entries(approved).filter(([key]) => key !== name)),
  ]),
  ['one member more', { ...approved, more: 1 }],
  ['a number where none belongs', { ...approved, decision: 'deny' }],
  ['a number that is one', { ...approved, number: 7 }],
  ['no number to approve', { ...approved, number: null }],
  ['another decision', { ...approved, decision: 'APPROVE' }],
  ['seq as text', { ...approved, seq: '9' }],
] as [string, Record<string, unknown>][])('%s is refused', (_, payload) => {
  expect(readApproval(payload, expected)).toBeNull();
});
