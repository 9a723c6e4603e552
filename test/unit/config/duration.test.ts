import { expect, test } from '@jest/globals';
import { formatDuration, parseDuration } from '../../../src/config/duration.js';

test.each([
  ['30s', 30_000],
  ['15m', 900_000],
  ['8h', 28_800_000],
  ['90d', 7_776_000_000],
  ['0s', 0],
])('%s is read', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(['', '30', 's', '1.5h', '-1h', '1 h', '1H', '1w', '1h30m', '９s', '9999999999s'])(
  '%j is no duration',
  (text) => {
    expect(parseDuration(text)).toBeNull();
  },
);

test.each(['45s', '90s', '15m', '8h', '90d'])(
  '%s is written in the largest fitting unit',
  (text) => {
    expect(parseDuration(formatDuration(parseDuration(text) ?? -1))).toBe(parseDuration(text));
  },
);
