import { expect, test } from '@jest/globals';
import { retryDelay } from '../../../src/jobs/retry-delay.js';
import type { RandomSource } from '../../../src/kernel/random.js';

const lowest: RandomSource = { bytes: (length) => Buffer.alloc(length, 0) };
const highest: RandomSource = { bytes: (length) => Buffer.alloc(length, 255) };

test.each([
  [1, 2_000],
  [2, 4_000],
  [5, 32_000],
  [9, 512_000],
  [10, 900_000],
  [1_000, 900_000],
])('after attempt %d at most %d ms and at least half of it', (attempts, full) => {
  expect(retryDelay(attempts, lowest)).toBe(full / 2);
  expect(retryDelay(attempts, highest)).toBeLessThanOrEqual(full);
  expect(retryDelay(attempts, highest)).toBeGreaterThan(full * 0.99);
});
