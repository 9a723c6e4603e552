import { describe, expect, test } from '@jest/globals';
import { matchCode } from '../../../../src/factors/otp/match-code.js';
import { codeAt } from '../../../../src/factors/otp/oath.js';

const now = 1_800_000_000_000;
const step = now / 30_000;
const credential = (change: { id?: string; drift?: number; lastStep?: number } = {}) => ({
  id: 'otp_a',
  kind: 'totp' as const,
  secret: Buffer.from('12345678901234567890'),
  algorithm: 'SHA1',
  digits: 6,
  period: 30,
  drift: 0,
  lastStep: 0,
  ...change,
});
const code = (at: number, of = credential()) => codeAt(of.secret, at, of);

describe('the window', () => {
  test.each([-1, 0, 1] as const)('takes the code of step %i', (offset) => {
    const match = matchCode([credential()], code(step + offset), now);
    expect(match).toMatchObject({ kind: 'fresh', step: step + offset, offset });
  });

  test.each([-3, -2, 2, 3])('does not take the code of step %i', (offset) => {
    expect(matchCode([credential()], code(step + offset), now)).toEqual({ kind: 'wrong' });
  });

  test('moves with the learnt drift', () => {
    const slow = credential({ drift: -4 });
    expect(matchCode([slow], code(step - 5), now)).toMatchObject({ kind: 'fresh', offset: -1 });
    expect(matchCode([slow], code(step), now)).toEqual({ kind: 'wrong' });
  });
});

describe('used steps', () => {
  test('the last one, and the ones before it', () => {
    const used = credential({ lastStep: step });
    expect(matchCode([used], code(step), now)).toEqual({ kind: 'used' });
    expect(matchCode([used], code(step - 1), now)).toEqual({ kind: 'used' });
    expect(matchCode([used], code(step + 1), now)).toMatchObject({ kind: 'fresh' });
  });

  test('a code that is used for one credential and fresh for another is fresh', () => {
    const used = credential({ lastStep: step });
    const other = credential({ id: 'otp_b' });
    for (const both of [
      [used, other],
      [other, used],
    ]) {
      expect(matchCode(both, code(step), now)).toMatchObject({
        kind: 'fresh',
        credential: { id: 'otp_b' },
      });
    }
  });
});

test('nothing enrolled, nothing right', () => {
  expect(matchCode([], code(step), now)).toEqual({ kind: 'wrong' });
});
