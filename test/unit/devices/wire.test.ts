import { describe, expect, test } from '@jest/globals';
import {
  activationCodeOf,
  groupedActivationCode,
  readActivationCode,
} from '../../../src/devices/wire/activation-code.js';
import { fromBase64url, toBase64url } from '../../../src/devices/wire/base64url.js';
import { deriveOprfKey, evaluateBlinded } from '../../../src/devices/crypto/oprf.js';

describe('activation codes', () => {
  const code = activationCodeOf(Uint8Array.from({ length: 20 }, (_, index) => 250 - index));

  test.each([
    ['as it is', code],
    ['in groups', groupedActivationCode(code)],
    ['small, with spaces', ` ${groupedActivationCode(code).toLowerCase().replaceAll('-', ' ')} `],
    ['with letters for digits', code.replaceAll('0', 'o').replaceAll('1', 'l')],
    ['full width', code.replace(/[0-9A-Z]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0))],
    ['with typographic dashes', groupedActivationCode(code).replaceAll('-', '–')],
  ])('%s', (_, typed) => {
    expect(readActivationCode(typed)).toBe(code);
  });

  test.each(['', code.slice(1), `${code}0`, code.replace(/^./, 'U'), 'x'.repeat(10_000)])(
    'refuses %j',
    (typed) => {
      expect(readActivationCode(typed)).toBeNull();
    },
  );
});

test('base64url has one spelling', () => {
  for (let length = 0; length < 70; length += 1) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 37) & 255);
    expect(toBase64url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
    expect(fromBase64url(toBase64url(bytes), length)).toEqual(bytes);
  }
  for (const text of ['AB', 'A', 'AA==', 'A+', 'A/', 'AA\n', 'AAA=', 7, null]) {
    expect([text, fromBase64url(text)]).toEqual([text, null]);
  }
});

test('what is no point, or the identity, is not evaluated', () => {
  const key = deriveOprfKey(new Uint8Array(32));
  const off = Uint8Array.from({ length: 33 }, (_, index) => (index === 0 ? 2 : 255));
  for (const bytes of [
    new Uint8Array(1),
    new Uint8Array(33),
    off,
    new Uint8Array(65),
    new Uint8Array(0),
  ]) {
    expect(evaluateBlinded(key, bytes)).toBeNull();
  }
});
