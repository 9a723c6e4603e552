import { describe, expect, test } from '@jest/globals';
import { learnDrift } from '../../../../src/factors/otp/drift.js';
import type { LearntDrift } from '../../../../src/factors/otp/drift.js';
import { codeAt } from '../../../../src/factors/otp/oath.js';
import { findDevice } from '../../../../src/factors/otp/find-device.js';

const after = (start: LearntDrift, ...offsets: (-1 | 0 | 1)[]) => offsets.reduce(learnDrift, start);
const fresh = { drift: 0, run: 0 };

describe('learning from accepted codes', () => {
  test('one or two on a side move nothing, three move one step', () => {
    expect(after(fresh, 1).drift).toBe(0);
    expect(after(fresh, 1, 1).drift).toBe(0);
    expect(after(fresh, 1, 1, 1)).toEqual({ drift: 1, run: 0 });
    expect(after(fresh, -1, -1, -1)).toEqual({ drift: -1, run: 0 });
  });

  test('they must be successive and on the same side', () => {
    expect(after(fresh, 1, 1, 0, 1, 1).drift).toBe(0);
    expect(after(fresh, 1, 1, -1, 1, 1).drift).toBe(0);
    expect(after(fresh, 1, 1, -1, -1, -1).drift).toBe(-1);
  });

  test('ten steps are the end, on both sides', () => {
    expect(after({ drift: 10, run: 0 }, 1, 1, 1)).toEqual({ drift: 10, run: 0 });
    expect(after({ drift: -10, run: 0 }, -1, -1, -1)).toEqual({ drift: -10, run: 0 });
    expect(after({ drift: 10, run: 0 }, -1, -1, -1).drift).toBe(9);
  });
});

describe('resync by two codes', () => {
  const now = 1_800_000_000_000;
  const step = now / 30_000;
  const credential = {
    id: 'otp_a',
    kind: 'totp' as const,
    secret: Buffer.from('12345678901234567890'),
    algorithm: 'SHA1',
    digits: 6,
    period: 30,
    drift: 0,
    lastStep: 0,
  };
  const code = (at: number) => codeAt(credential.secret, at, credential);

  test.each([-10, -7, 0, 3, 10])('finds a clock that is %i steps off', (drift) => {
    const found = findDevice(credential, code(step + drift - 1), code(step + drift), now);
    expect(found).toEqual({ step: step + drift, learnt: { drift, run: 0 } });
  });

  test('not further, not backwards, not with a gap, not with the same code twice', () => {
    expect(findDevice(credential, code(step + 10), code(step + 11), now)).toBeNull();
    expect(findDevice(credential, code(step), code(step - 1), now)).toBeNull();
    expect(findDevice(credential, code(step - 2), code(step), now)).toBeNull();
    expect(findDevice(credential, code(step), code(step), now)).toBeNull();
  });

  test('not with codes that are used up', () => {
    const used = { ...credential, lastStep: step };
    expect(findDevice(used, code(step), code(step + 1), now)).toBeNull();
    expect(findDevice(used, code(step + 1), code(step + 2), now)).toMatchObject({
      learnt: { drift: 2 },
    });
  });
});
