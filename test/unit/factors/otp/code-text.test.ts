import { expect, test } from '@jest/globals';
import { readCode } from '../../../../src/factors/otp/code-text.js';

test.each([
  ['123456', '123456'],
  [' 123 456 ', '123456'],
  ['12\u00a0345\u2009678', '12345678'],
  ['１２３４５６', '123456'],
  ['1234567', '1234567'],
  ['000000\n', '000000'],
])('%j is read as %s', (typed, code) => {
  expect(readCode(typed)).toBe(code);
});

test.each([
  undefined,
  '',
  '12345',
  '123456789',
  '-123456',
  '+123456',
  '12345a',
  '1e5000',
  '0x1234',
  '١٢٣٤٥٦',
  '123456\0',
  '123,456',
  ' '.repeat(1_000_000) + '123456',
  '1'.repeat(1_000_000),
])('odd input is no code (%#)', (typed) => {
  expect(readCode(typed)).toBeNull();
});
