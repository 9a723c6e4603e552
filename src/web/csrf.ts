import { createHmac, timingSafeEqual } from 'node:crypto';
import { FormRefused } from './form-errors.js';

/** What a form is for: one record (a sign-in, a session …) and one step of it. */
export function formPurpose(record: string, step: string): string {
  return JSON.stringify([record, step]);
}

/**
 * The value of the hidden field `csrf`. Derived, so nothing is stored and any node can check it: who does not hold
 * the browser's HttpOnly cookie cannot make it, and it fits no other record or step.
 */
export function csrfToken(browserSecret: string, purpose: string): string {
  return createHmac('sha256', browserSecret).update(`csrf\n${purpose}`).digest('base64url');
}

export function csrfTokenMatches(
  browserSecret: string | null,
  purpose: string,
  given: string | undefined,
): boolean {
  if (browserSecret === null || given === undefined) return false;
  const expected = Buffer.from(csrfToken(browserSecret, purpose));
  const actual = Buffer.from(given);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** @throws FormRefused `form_not_ours` (403) */
export function assertCsrfToken(
  browserSecret: string | null,
  purpose: string,
  given: string | undefined,
): void {
  if (csrfTokenMatches(browserSecret, purpose, given)) return;
  throw new FormRefused('form_not_ours', 403, 'the form token is missing or was made for another');
}
