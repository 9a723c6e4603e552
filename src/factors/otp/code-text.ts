/** Longer input is not looked at: normalising a megabyte costs time and yields no code. */
const longest = 64;

/**
 * A code as typed, copied or dictated: full-width digits and any spaces are accepted. `null` when it is not 6 to 8
 * digits after that.
 */
export function readCode(typed: string | undefined): string | null {
  if (typed === undefined || typed.length > longest) return null;
  const code = typed.normalize('NFKC').replace(/\s+/g, '');
  return /^[0-9]{6,8}$/.test(code) ? code : null;
}
