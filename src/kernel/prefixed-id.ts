import type { RandomSource } from './random.js';

/**
 * An id that carries its kind in its text (`per_…`, `otp_…`), so that an id of one kind can be passed
 * for another neither in code (the types differ) nor in data (the prefixes differ).
 */
export type PrefixedId<Prefix extends string> = `${Prefix}_${string}` & {
  readonly __idPrefix: Prefix;
};

/** 128 random bits behind the prefix. */
export function newPrefixedId<Prefix extends string>(
  prefix: Prefix,
  random: RandomSource,
): PrefixedId<Prefix> {
  return `${prefix}_${random.bytes(16).toString('base64url')}` as PrefixedId<Prefix>;
}

/** Reads an id from outside; `null` when the text is not an id of that kind. */
export function readPrefixedId<Prefix extends string>(
  prefix: Prefix,
  text: unknown,
): PrefixedId<Prefix> | null {
  if (typeof text !== 'string' || !text.startsWith(`${prefix}_`)) return null;
  return /^[A-Za-z0-9_-]{1,64}$/.test(text) ? (text as PrefixedId<Prefix>) : null;
}
