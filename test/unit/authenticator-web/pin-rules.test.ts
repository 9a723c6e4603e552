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
    ['123185', 'date'],
    ['071985', 'date'],
    ['24121985', 'date'],
    ['12311999', 'date'],
    ['19851224', 'date'],
    ['20001231', 'date'],
    ['19852412', 'date'],
    ['29022000', 'date'],
    ['9121985', 'date'],
    ['2411985', 'date'],
    ['1111112', 'same'],
    ['2111111', 'same'],
    ['1234560', 'run'],
    ['0123457', 'run'],
    ['4987654', 'run'],
    ['123457', 'run'],
    ['147852369', 'path'],
    ['14789632', 'path'],
    ['147896', 'path'],
    ['085263', 'path'],
    ['147258', 'path'],
    ['147258369', 'path'],
    ['159753', 'path'],
    ['135790', 'common'],
    ['11223344', 'common'],
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
  '31021985',
  '19853102',
  '30302026',
  '18991231',
  '21000101',
  '1121899',
  '3321985',
  '850231',
  '739164',
  '739165',
  '1234760',
  '1478526309',
  '998877665501',
])('%s may be chosen', (pin) => {
  expect(pinFault(pin)).toBeNull();
});

test('common PINs are PINs that no rule refuses already', () => {
  const odd = [...commonPins].filter((pin) => !isPin(pin) || pinFault(pin) !== 'common');
  expect(odd).toEqual([]);
});

test.each([
  [6, 0.865],
  [8, 0.99],
])('of PINs of %i digits drawn at random nearly all may be chosen', (length, share) => {
  const drawn = 60_000;
  let allowed = 0;
  for (let draw = 0; draw < drawn; draw += 1) {
    // Spread evenly, and of no pattern in decimal.
    const number = Math.floor(((draw * 0.618_033_988_749_895) % 1) * 10 ** length);
    if (pinFault(String(number).padStart(length, '0')) === null) allowed += 1;
  }
  expect(Math.abs(allowed / drawn - share)).toBeLessThan(0.002);
});

test('digits are read as other keyboards type them', () => {
  expect(readDigits(' 274 093 ')).toBe('274093');
  expect(readDigits('274-093')).toBe('274093');
  expect(readDigits('２７４０９３')).toBe('274093');
});
