import { describe, expect, test } from '@jest/globals';
import { keyFingerprint, nextKeyChange, publishedKeys } from '../../../src/keys/key-state.js';
import type { KeyDates } from '../../../src/keys/key-state.js';

const now = 1_000;
const key = (kid: string, change: Partial<KeyDates> = {}): KeyDates => ({
  kid,
  issuer: 'default',
  purpose: 'oidc',
  algorithm: 'ES256',
  useFrom: 0,
  retireAt: null,
  ...change,
});
const kids = (keys: KeyDates[], at = now) =>
  publishedKeys(keys, 'default', 'oidc', at).map(({ kid }) => kid);

describe('which keys are published, and which one signs', () => {
  test('the one in use for each algorithm comes first, then the rest, youngest first', () => {
    const keys = [
      key('old', { retireAt: 2_000 }),
      key('next', { useFrom: 1_500 }),
      key('used', { useFrom: 500 }),
      key('rsa', { algorithm: 'RS256' }),
    ];
    expect(kids(keys)).toEqual(['used', 'rsa', 'next', 'old']);
    expect(kids(keys, 1_500)).toEqual(['next', 'rsa', 'used', 'old']);
    expect(kids(keys, 2_000)).toEqual(['next', 'rsa', 'used']);
  });

  test('other issuers and purposes are kept apart', () => {
    const keys = [key('mine'), key('theirs', { issuer: 'other' }), key('s', { purpose: 'saml' })];
    expect(kids(keys)).toEqual(['mine']);
  });

  test('a clock behind the one that made the only key still has a key', () => {
    expect(kids([key('only', { useFrom: 1_001 })])).toEqual(['only']);
  });
});

test('the next change is the earliest date ahead', () => {
  const keys = [key('a', { retireAt: 3_000 }), key('b', { useFrom: 2_000 })];
  expect(nextKeyChange(keys, now)).toBe(2_000);
  expect(nextKeyChange(keys, 2_000)).toBe(3_000);
  expect(nextKeyChange(keys, 3_000)).toBeNull();
});

test('the fingerprint changes with what is published or signs, and with nothing else', () => {
  const before = [key('a'), key('b', { useFrom: 1_500 })];
  const dated = [key('a', { retireAt: 9_000 }), key('b', { useFrom: 1_500 })];
  expect(keyFingerprint(dated, now)).toBe(keyFingerprint([...before].reverse(), now));
  expect(keyFingerprint(before, 1_500)).not.toBe(keyFingerprint(before, now));
  expect(keyFingerprint(dated, 9_000)).not.toBe(keyFingerprint(dated, 8_999));
});
