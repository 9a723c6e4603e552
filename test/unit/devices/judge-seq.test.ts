import { expect, test } from '@jest/globals';
import { judgeSeq } from '../../../src/devices/signed-request/judge-seq.js';

const last = { seq: 7, iat: 1000, hash: 'A' };

test.each([
  [
    'the first of a profile',
    { seq: 1, iat: 5, hash: 'B' },
    { seq: 0, iat: null, hash: null },
    'fresh',
  ],
  ['the next', { seq: 8, iat: 1001, hash: 'B' }, last, 'fresh'],
  ['one after a gap', { seq: 99, iat: 1001, hash: 'B' }, last, 'fresh'],
  ['a greater seq at no later time', { seq: 8, iat: 1000, hash: 'B' }, last, 'iat-not-later'],
  ['the identical bytes', { seq: 7, iat: 1000, hash: 'A' }, last, 'retry'],
  ['the same seq with other bytes', { seq: 7, iat: 1000, hash: 'B' }, last, 'clone'],
  ['the same seq with other bytes, later', { seq: 7, iat: 2000, hash: 'B' }, last, 'clone'],
  ['a smaller seq signed later', { seq: 6, iat: 1001, hash: 'B' }, last, 'clone'],
  [
    'a smaller seq signed before: it was delayed',
    { seq: 6, iat: 999, hash: 'B' },
    last,
    'superseded',
  ],
] as const)('%s', (_, request, known, verdict) => {
  expect(judgeSeq(request, known, 60_000)).toBe(verdict);
});

test.each([
  ['a greater seq goes on', { seq: 8, iat: 500, hash: 'B' }, 'fresh'],
  [
    'a smaller seq may be late, and is not carried out',
    { seq: 6, iat: 500, hash: 'B' },
    'superseded',
  ],
  ['the same seq with other bytes gives a copy away', { seq: 7, iat: 500, hash: 'B' }, 'clone'],
  ['the identical bytes are a retry', { seq: 7, iat: 1000, hash: 'A' }, 'retry'],
] as const)('after our clock was set back, %s', (_, request, verdict) => {
  expect(judgeSeq(request, last, 999)).toBe(verdict);
});
