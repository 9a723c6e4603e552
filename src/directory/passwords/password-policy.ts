import type { FailureReason } from '../../audit/failure-reasons.js';
import type { Blocklist } from './blocklist.js';
import { normalisePassword, sizeProblem } from './password-text.js';

/**
 * What a new password must be (NIST SP 800-63B-4, 3.1.1.2): long enough and not easy to guess. No rules of
 * composition, no expiry.
 */
export interface PasswordPolicy {
  /** Why this password must not be chosen; `null` when it may. */
  problem(password: string, person: PasswordOwner): FailureReason | null;
  readonly minimumLength: number;
}

export interface PasswordOwner {
  username: string;
  name: string;
  mail: string | null;
}

export interface PasswordPolicyOptions {
  /** Code points; 8 beside a second factor, 15 where the password is the only one. */
  minimumLength: number;
  blocklist: Blocklist;
  /** Words attackers try here, such as the organisation's name. */
  contextWords: readonly string[];
}

export function createPasswordPolicy(options: PasswordPolicyOptions): PasswordPolicy {
  return {
    minimumLength: options.minimumLength,
    problem(password, person) {
      const size = sizeProblem(password, options.minimumLength);
      if (size !== null) return size;
      const words = [...options.contextWords, ...wordsAbout(person)];
      const guessable = options.blocklist.has(password) || leansOn(password, words);
      return guessable || hasPattern(password) ? 'password_blocked' : null;
    },
  };
}

/** Names and the part of addresses before the at sign; short ones say nothing. */
function wordsAbout(person: PasswordOwner): string[] {
  const typed = [person.username, person.mail ?? ''].map((text) => text.split('@')[0] ?? '');
  return [...typed, person.name, ...person.name.split(/\s+/)];
}

/** Is it little more than one of these words? What is left beside the word must make a password on its own. */
function leansOn(password: string, words: readonly string[]): boolean {
  const text = fold(password);
  return words.map(fold).some((word) => {
    if ([...word].length < 4 || !text.includes(word)) return false;
    return [...text.replaceAll(word, '')].length < 8;
  });
}

/** Up to here a pattern is among the first things tried; that long ones are easy to guess is not for rules to say. */
const longestPattern = 16;

/** One or two signs over and over, or a run such as `23456789` or `hgfedcba`. */
function hasPattern(password: string): boolean {
  const points = [...fold(password)].map((sign) => sign.codePointAt(0) as number);
  if (points.length > longestPattern) return false;
  if (new Set(points).size <= 2) return true;
  const steps = points.slice(1).map((point, index) => point - (points[index] as number));
  return steps.every((step) => step === 1) || steps.every((step) => step === -1);
}

function fold(text: string): string {
  return normalisePassword(text).toLowerCase();
}
