import { describe, expect, test } from '@jest/globals';
import {
  codesPerSet,
  newCodes,
  readRecoveryCode,
  shownCode,
} from '../../../../src/factors/recovery-codes/code-format.js';
import { systemRandom } from '../../../../src/kernel/random.js';

describe('a new set', () => {
  test('has ten codes, each under its own lookup part', () => {
    for (let round = 0; round < 50; round += 1) {
      const codes = newCodes(systemRandom);
      expect(codes).toHaveLength(codesPerSet);
      expect(new Set(codes.map(({ lookup }) => lookup)).size).toBe(codesPerSet);
    }
  });

  test('is written in characters that cannot be mistaken, 50 bits behind the lookup part', () => {
    for (const code of newCodes(systemRandom)) {
      expect(shownCode(code)).toMatch(/^[0-9A-HJKMNP-TV-Z]{6}-[0-9A-HJKMNP-TV-Z]{6}$/);
      expect((code.text.length - code.lookup.length) * 5).toBeGreaterThanOrEqual(50);
    }
  });

  test('uses every character about as often as any other', () => {
    const counts = new Map<string, number>();
    for (let round = 0; round < 300; round += 1) {
      for (const { text } of newCodes(systemRandom)) {
        for (const character of text.slice(2)) {
          counts.set(character, (counts.get(character) ?? 0) + 1);
        }
      }
    }
    expect(counts.size).toBe(32);
    // 937.5 expected of each; eight standard deviations.
    for (const count of counts.values()) expect(Math.abs(count - 937.5)).toBeLessThan(245);
  });
});

describe('reading', () => {
  test.each([
    '01ABCD-EFGHJK',
    '01abcdefghjk',
    ' 01 ABCD EFGH JK ',
    'oiabcd–efghjk',
    'OLABCD-EFGHJK',
    '０１ABCD-EFGHJK',
  ])('%j is the same code', (typed) => {
    expect(readRecoveryCode(typed)).toEqual({ lookup: '01', text: '01ABCDEFGHJK' });
  });

  test.each([
    undefined,
    '',
    '01ABCD-EFGHJ',
    '01ABCD-EFGHJKM',
    '01ABCD-EFGHJU',
    'x'.repeat(100_000),
  ])('odd input is no code (%#)', (typed) => {
    expect(readRecoveryCode(typed)).toBeNull();
  });
});
