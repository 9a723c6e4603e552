import type { RandomSource } from '../../kernel/random.js';

/** Crockford base32: no I, L, O or U, so nothing in it looks like anything else in it. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export const codesPerSet = 10;

/** The first characters name a code among its set and are stored readable; the secret is what follows. */
const lookupLength = 2;
/** 50 bits. */
const secretLength = 10;
const groupLength = 6;
const codeLength = lookupLength + secretLength;
const longestInput = 64;

export interface RecoveryCode {
  /** Not secret; unique within a set. */
  lookup: string;
  /** All of the code as it is hashed: upper case, no separators. */
  text: string;
}

/** As it is shown and written down: `XXXXXX-XXXXXX`. */
export const shownCode = ({ text }: RecoveryCode): string =>
  `${text.slice(0, groupLength)}-${text.slice(groupLength)}`;

/** A new set, each code under its own lookup part. */
export function newCodes(random: RandomSource): RecoveryCode[] {
  const codes = new Map<string, RecoveryCode>();
  while (codes.size < codesPerSet) {
    // 32 characters divide 256 evenly, so every one is equally likely.
    const text = [...random.bytes(codeLength)].map((byte) => alphabet[byte % 32]).join('');
    const code = codeOf(text);
    if (!codes.has(code.lookup)) codes.set(code.lookup, code);
  }
  return [...codes.values()];
}

/**
 * A code as typed: case, spaces and dashes do not matter, and O, I, L are read as the digits they were taken for.
 * `null` when it cannot be a code.
 */
export function readRecoveryCode(typed: string | undefined): RecoveryCode | null {
  if (typed === undefined || typed.length > longestInput) return null;
  const text = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}]+/gu, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');
  const wellFormed = text.length === codeLength && [...text].every((c) => alphabet.includes(c));
  return wellFormed ? codeOf(text) : null;
}

const codeOf = (text: string): RecoveryCode => ({ lookup: text.slice(0, lookupLength), text });
