import { describe, expect, test } from '@jest/globals';
import { aliasesOf, lookupAlias, normaliseAlias } from '../../../src/directory/alias.js';

describe('aliases', () => {
  test.each([
    ['Anna', 'anna'],
    [' ANNA@Example.ORG ', 'anna@example.org'],
    ['ＡＮＮＡ', 'anna'],
    ['A\u030asa', 'åsa'],
    ['STRASSE', 'strasse'],
    ['ﬁnn', 'finn'],
  ])('%s is %s', (typed, alias) => {
    expect(normaliseAlias(typed)).toBe(alias);
    expect(normaliseAlias(alias)).toBe(alias);
    expect(lookupAlias(typed)).toBe(alias);
  });

  test.each([['', '\0', 'a\0b', '\ud800', '   ', 'x'.repeat(1025), '\ufdfa'.repeat(300), 'a\nb']])(
    'what cannot be stored is nobody',
    (...typed) => {
      for (const text of typed) expect(lookupAlias(text)).toBe('');
    },
  );

  test('names of 51 to 1024 bytes that differ in the last one stay apart', () => {
    for (const length of [51, 52, 72, 73, 255, 256, 1024]) {
      const start = 'n'.repeat(length - 1);
      expect(lookupAlias(`${start}a`)).toHaveLength(length);
      expect(lookupAlias(`${start}a`)).not.toBe(lookupAlias(`${start}b`));
    }
  });

  test('a person has each alias once', () => {
    const person = { username: 'A@example.org', mail: 'a@EXAMPLE.org', upn: null };
    expect(aliasesOf(person)).toEqual(['a@example.org']);
  });
});
