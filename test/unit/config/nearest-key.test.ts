import { expect, test } from '@jest/globals';
import { nearestKey } from '../../../src/config/nearest-key.js';

const known = ['public_url', 'listen', 'session', 'encryption_key'];

test.each([
  ['publicUrl', 'public_url'],
  ['public-url', 'public_url'],
  ['sesion', 'session'],
  ['sessions', 'session'],
  ['encryptionkey', 'encryption_key'],
  ['something_else', null],
  ['x', null],
])('%s suggests %s', (mistyped, expected) => {
  expect(nearestKey(mistyped, known)).toBe(expected);
});
