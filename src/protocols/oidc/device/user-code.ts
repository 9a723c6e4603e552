/** Letters that no word is made of by chance and that are hard to confuse (RFC 8628, 6.1): 20^8 codes. */
export const DEVICE_CODE_MASK = '****-****';

/** How long a person has from reading the code to being signed in. */
export const DEVICE_CODE_SECONDS = 10 * 60;

/** What was typed, in the one spelling codes are kept under; `null` when it cannot be a code. */
export function readUserCode(typed: string): string | null {
  const letters = typed.toUpperCase().replace(/[\s-]/g, '');
  return /^[A-Z]{8}$/.test(letters) ? letters : null;
}

/** As the device shows it. */
export function shownUserCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}
