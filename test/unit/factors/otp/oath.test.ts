import { describe, expect, test } from '@jest/globals';
import {
  codeAt,
  fromBase32,
  isCodeAt,
  otpauthUri,
  stepAt,
  toBase32,
} from '../../../../src/factors/otp/oath.js';

/** RFC 4226 appendix D and RFC 6238 appendix B: ASCII digits repeated to the length of the hash. */
const seed = (length: number) => Buffer.from('1234567890'.repeat(7).slice(0, length));

describe('RFC 4226 appendix D', () => {
  test.each([
    [0, '755224'],
    [1, '287082'],
    [2, '359152'],
    [3, '969429'],
    [4, '338314'],
    [5, '254676'],
    [6, '287922'],
    [7, '162583'],
    [8, '399871'],
    [9, '520489'],
  ])('counter %i gives %s', (counter, code) => {
    expect(codeAt(seed(20), counter, { algorithm: 'SHA1', digits: 6 })).toBe(code);
  });
});

describe('RFC 6238 appendix B', () => {
  test.each([
    [59, '94287082', '46119246', '90693936'],
    [1111111109, '07081804', '68084774', '25091201'],
    [1111111111, '14050471', '67062674', '99943326'],
    [1234567890, '89005924', '91819424', '93441116'],
    [2000000000, '69279037', '90698825', '38618901'],
    [20000000000, '65353130', '77737706', '47863826'],
  ])('second %i', (seconds, sha1, sha256, sha512) => {
    const step = stepAt(seconds * 1000, 30);
    expect(codeAt(seed(20), step, { algorithm: 'SHA1', digits: 8 })).toBe(sha1);
    expect(codeAt(seed(32), step, { algorithm: 'SHA256', digits: 8 })).toBe(sha256);
    expect(codeAt(seed(64), step, { algorithm: 'SHA512', digits: 8 })).toBe(sha512);
  });
});

test('a code is right at its own counter only, in its full length only', () => {
  const parameters = { algorithm: 'SHA1', digits: 6 };
  expect(isCodeAt(seed(20), 1, parameters, '287082')).toBe(true);
  expect(isCodeAt(seed(20), 2, parameters, '287082')).toBe(false);
  expect(isCodeAt(seed(20), 1, parameters, '94287082')).toBe(false);
  expect(isCodeAt(seed(20), -1, parameters, '287082')).toBe(false);
});

test('base32 goes there and back', () => {
  expect(toBase32(seed(20))).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  expect(fromBase32('gezd gnbv gy3t qojq GEZDGNBVGY3TQOJQ===')).toEqual(seed(20));
});

test('the otpauth link says everything an app needs, whatever the names hold', () => {
  const uri = new URL(otpauthUri(seed(20), 'Örn & Co: IT', 'anna:b@example.org'));
  expect(uri.protocol).toBe('otpauth:');
  expect(uri.host).toBe('totp');
  expect(decodeURIComponent(uri.pathname)).toBe('/Örn & Co  IT:anna b@example.org');
  expect(Object.fromEntries(uri.searchParams)).toEqual({
    issuer: 'Örn & Co  IT',
    secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
    algorithm: 'SHA1',
    digits: '6',
    period: '30',
  });
});
