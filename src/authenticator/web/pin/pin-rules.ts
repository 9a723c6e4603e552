import { commonPins } from './common-pins.js';
import { isDate } from './dates.js';
import { isKeypadPath } from './keypad-path.js';

export type PinFault =
  'digits' | 'short' | 'long' | 'same' | 'run' | 'block' | 'date' | 'path' | 'common';

export const pinLength = { least: 6, most: 12 } as const;

/**
 * Why a PIN may not be chosen (`docs/authenticator-protocol.md`, section 2); `null` when it may. The server never sees it, so
 * nobody else looks.
 */
export function pinFault(pin: string): PinFault | null {
  if (!/^[0-9]*$/.test(pin)) return 'digits';
  if (pin.length < pinLength.least) return 'short';
  if (pin.length > pinLength.most) return 'long';
  // With one digit more, before or after, they are as easy to think of.
  const cores = [pin.slice(1), pin.slice(0, -1)];
  if (cores.some((core) => isBlockRepeated(core, 1))) return 'same';
  if (cores.some((core) => isRun(core, 1) || isRun(core, 9))) return 'run';
  if (isBlockRepeated(pin, 2) || isBlockRepeated(pin, 3)) return 'block';
  if (isDate(pin)) return 'date';
  if (isKeypadPath(pin)) return 'path';
  return commonPins.has(pin) ? 'common' : null;
}

/** Whether it could be somebody's PIN: for entry, where rules of today may not lock out a PIN of yesterday. */
export const isPin = (pin: string): boolean => /^[0-9]{6,12}$/.test(pin);

/** Digits as other keyboards give them, without what slips in between. */
export const readDigits = (typed: string): string =>
  typed.normalize('NFKC').replace(/[\s\-\u2010-\u2015]/g, '');

const digitsOf = (pin: string): number[] => [...pin].map(Number);

/** Also when it breaks off in the middle of a block. */
const isBlockRepeated = (pin: string, length: number): boolean =>
  [...pin].every((digit, index) => index < length || digit === pin[index - length]);

/** @param step 1 upwards, 9 downwards; around 9 and 0 too */
const isRun = (pin: string, step: number): boolean =>
  digitsOf(pin).every(
    (digit, index, all) => index === 0 || digit === ((all[index - 1] ?? 0) + step) % 10,
  );
