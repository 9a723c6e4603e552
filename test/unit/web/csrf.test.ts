import { expect, test } from '@jest/globals';
import {
  assertCsrfToken,
  csrfToken,
  csrfTokenMatches,
  formPurpose,
} from '../../../src/web/csrf.js';

const purpose = formPurpose('sgn_1', 'password');
const token = csrfToken('secret', purpose);

test('a token fits its browser, record and step', () => {
  expect(csrfTokenMatches('secret', purpose, token)).toBe(true);
});

test.each([
  ['another browser', 'other', purpose, token],
  ['another step', 'secret', formPurpose('sgn_1', 'otp'), token],
  ['another record', 'secret', formPurpose('sgn_2', 'password'), token],
  ['no token', 'secret', purpose, undefined],
  ['an empty token', 'secret', purpose, ''],
  ['a longer token', 'secret', purpose, `${token}x`],
  ['a multibyte token of the same length', 'secret', purpose, 'é'.repeat(token.length)],
  ['no browser secret', null, purpose, token],
])('refuses %s', (_what, secret, forPurpose, given) => {
  expect(csrfTokenMatches(secret, forPurpose, given)).toBe(false);
  expect(() => assertCsrfToken(secret, forPurpose, given)).toThrow(
    expect.objectContaining({ status: 403, reason: 'form_not_ours' }),
  );
});

test('record and step cannot run into each other', () => {
  expect(formPurpose('a', 'b c')).not.toBe(formPurpose('a b', 'c'));
});
