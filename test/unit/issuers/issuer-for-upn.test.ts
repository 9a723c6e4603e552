import { expect, test } from '@jest/globals';
import { issuerForUpn } from '../../../src/issuers/issuer-for-upn.js';

const issuers: Readonly<Record<string, string>> = {
  'example.com': 'default',
  'north.example.org': 'north',
  'kontoso.example': 'kontoso',
  'spoken-for.example': 'other',
};
const ofDomain = (domain: string) =>
  (Object.hasOwn(issuers, domain) ? issuers[domain] : null) ?? null;
const domains = ['Example.com', 'north.example.org', 'nobody.example', 'kontoso.example'];

test.each([
  ['a@example.com', null, { id: 'default' }],
  ['a@EXAMPLE.com', 'default', { id: 'default' }],
  ['a@north.example.org', null, { id: 'north' }],
  ['a@north.example.org', 'north', { id: 'north' }],
  ['a@north.example.org', 'default', { impossible: 'upn-of-another-issuer' }],
  ['a@example.com', 'north', { impossible: 'upn-of-another-issuer' }],
  ['a@spoken-for.example', null, { impossible: 'upn-not-federated' }],
  ['a@nobody.example', null, { impossible: 'no-issuer-for-upn' }],
  ['a@sub.example.com', null, { impossible: 'upn-not-federated' }],
  ['a@example.com.', null, { impossible: 'upn-not-federated' }],
  ['a@evil.example@example.com', null, { impossible: 'no-upn' }],
  ['eve@\u{212A}ontoso.example', null, { impossible: 'upn-domain-not-ascii' }],
  ['@example.com', null, { impossible: 'no-upn' }],
  ['a@', null, { impossible: 'no-upn' }],
  ['example.com', null, { impossible: 'no-upn' }],
  [null, null, { impossible: 'no-upn' }],
])('%s, answered by %s only: %j', (upn, only, outcome) => {
  expect(issuerForUpn(upn, { domains, only }, ofDomain)).toEqual(outcome);
});

test('without a list, everybody whom an issuer speaks for', () => {
  const every = { domains: null, only: null };
  expect(issuerForUpn('a@spoken-for.example', every, ofDomain)).toEqual({ id: 'other' });
  expect(issuerForUpn('a@__proto__', every, ofDomain)).toEqual({ impossible: 'no-issuer-for-upn' });
});
