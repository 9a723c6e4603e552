import { describe, expect, test } from '@jest/globals';
import { commonPins } from '../../../src/authenticator/web/pin/common-pins.js';
import { isPin, pinFault, readDigits } from '../../../src/authenticator/web/pin/pin-rules.js';

describe('a PIN is refused', () => {
  test.each([
    ['', 'short'],
    ['27409', 'short'],
    ['2740935182746', 'long'],
    ['27409a', 'digits'],
    ['٢٧٤٠٩٣', 'digits'],
    ['777777', 'same'],
    ['0000000', 'same'],
    ['123456', 'run'],
    ['987654', 'run'],
    ['890123', 'run'],
    ['321098', 'run'],
    ['0123456789', 'run'],
    ['121212', 'block'],
    ['27272727', 'block'],
    ['274274', 'block'],
    ['274274274', 'block'],
    ['2742742', 'block'],
    ['311299', 'date'],
    ['290200', 'date'],
    ['991231', 'date'],
    ['480915', 'date'],
    ['198507', 'date'],
    ['202612', 'date'],
    ['159753', 'common'],
    ['14789632', 'common'],
    ['147258369', 'common'],
  ] as const)('%s: %s', (pin, fault) => {
    expect(pinFault(pin)).toBe(fault);
  });
});

test.each([
  '274093',
  '310299',
  '300299',
  '850199',
  '198513',
  '2740935182',
  '31129985',
  '998877665501',
])('%s may be chosen', (pin) => {
  expect(pinFault(pin)).toBeNull();
});

test('common PINs are PINs that no rule refuses already', () => {
  const odd = [...commonPins].filter((pin) => !isPin(pin) || pinFault(pin) !== 'common');
  expect(odd).toEqual([]);
});

test('few PINs that a person would think of by chance are refused', () => {
  let refused = 0;
  for (let number = 0; number < 1_000_000; number += 7) {
    if (pinFault(String(number).padStart(6, '0')) !== null) refused += 1;
  }
  expect(refused / (1_000_000 / 7)).toBeLessThan(0.08);
});

test('digits are read as other keyboards type them', () => {
  expect(readDigits(' 274 093 ')).toBe('274093');
  expect(readDigits('274-093')).toBe('274093');
  expect(readDigits('２７４０９３')).toBe('274093');
});
