import { expect, test } from '@jest/globals';
import { newReference, readReference } from '../../../src/audit/reference.js';
import { systemRandom } from '../../../src/kernel/random.js';

test('a reference is ten symbols of Crockford base32 in two groups', () => {
  for (let round = 0; round < 500; round += 1) {
    expect(newReference(systemRandom)).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
  }
});

test('every symbol can occur and references differ', () => {
  const references = new Set(Array.from({ length: 2_000 }, () => newReference(systemRandom)));
  expect(references.size).toBe(2_000);
  expect(new Set([...references].join('').replaceAll('-', '')).size).toBe(32);
});

test.each([
  ['7K2QF-0XW9M', '7K2QF-0XW9M'],
  ['7k2qf0xw9m', '7K2QF-0XW9M'],
  [' 7k2qf 0xw9m ', '7K2QF-0XW9M'],
  ['oilLF-0XW9M', '0111F-0XW9M'],
])('%s is read as %s', (typed, read) => {
  expect(readReference(typed)).toBe(read);
});

test.each(['', '7K2QF', '7K2QF-0XW9', '7K2QF-0XW9MM', 'UUUUU-UUUUU', '7K2QF_0XW9M', '%'])(
  '%s is no reference',
  (typed) => {
    expect(readReference(typed)).toBeNull();
  },
);
