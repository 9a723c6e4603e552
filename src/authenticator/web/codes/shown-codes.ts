import { codeAt } from '../crypto/code-at.js';

/** What is left of a code secret on the screen: the codes of the next 30 seconds, at most two. */
export interface ShownCodes {
  codes: readonly { from: number; code: string }[];
  /** When nothing is shown any more, in the server's time. */
  until: number;
}

export const shownForMs = 30_000;

export function codesFrom(secret: Uint8Array, now: number): ShownCodes {
  const step = Math.floor(now / shownForMs) * shownForMs;
  const codes = [step, step + shownForMs].map((from) => ({ from, code: codeAt(secret, from) }));
  return { codes, until: now + shownForMs };
}

/** `null` once its time is over. */
export const codeShownAt = (shown: ShownCodes, now: number): string | null =>
  now >= shown.until ? null : (shown.codes.findLast(({ from }) => from <= now)?.code ?? null);
