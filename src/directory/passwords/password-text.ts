import type { FailureReason } from '../../audit/failure-reasons.js';

/** UTF-8 bytes of a password as typed; a bound against abuse far beyond what people type. */
export const longestPasswordBytes = 1024;

/**
 * The text that is hashed: NFKC, so that one password typed on two keyboards is one password
 * (NIST SP 800-63B-4, 3.1.1.2). Nothing is cut off, and case is kept.
 */
export function normalisePassword(typed: string): string {
  return typed.normalize('NFKC');
}

/** Every code point counts one, after normalisation. */
export function passwordLength(typed: string): number {
  return [...normalisePassword(typed)].length;
}

/** Is this a text somebody may have as a password, as far as its size goes? */
export function sizeProblem(typed: string, minimumLength: number): FailureReason | null {
  if (isOverlong(typed)) return 'password_too_long';
  return passwordLength(typed) < minimumLength ? 'password_too_short' : null;
}

export function isOverlong(typed: string): boolean {
  return Buffer.byteLength(typed) > longestPasswordBytes;
}
