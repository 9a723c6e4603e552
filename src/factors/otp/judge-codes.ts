import type { FactorInput } from '../factor.js';
import { readCode } from './code-text.js';
import type { ReservedCredential } from './credential-store.js';
import { learnDrift, type LearntDrift } from './drift.js';
import { findDevice } from './find-device.js';
import { matchCode } from './match-code.js';
import { isCodeAt } from './oath.js';

/** One code, or two in a row by which a device is found again that nobody knows the place of. */
export type TypedCodes = { code: string } | { first: string; next: string };

export type CodeJudgement =
  | { kind: 'fresh'; id: string; step: number; learnt: LearntDrift }
  | { kind: 'used' }
  | { kind: 'wrong' };

/** Fields `code`, or `first_code` and `next_code`; `null` when what they hold are no codes. */
export function readTypedCodes(input: FactorInput): TypedCodes | null {
  const [code, first, next] = ['code', 'first_code', 'next_code'].map((name) =>
    readCode(input[name]),
  );
  if (input['first_code'] === undefined && input['next_code'] === undefined) {
    return code ? { code } : null;
  }
  return first && next ? { first, next } : null;
}

/** The same two codes again, as after a double click: no guess. */
function isLastPair(
  credential: ReservedCredential,
  { first, next }: { first: string; next: string },
): boolean {
  const { secret, lastStep } = credential;
  return (
    isCodeAt(secret, lastStep - 1, credential, first) &&
    isCodeAt(secret, lastStep, credential, next)
  );
}

/** Whether codes that were typed prove one of a person's devices, and what its acceptance teaches. */
export function judgeCodes(
  reserved: readonly ReservedCredential[],
  typed: TypedCodes,
  now: number,
): CodeJudgement {
  if ('first' in typed) {
    for (const credential of reserved) {
      const found = findDevice(credential, typed.first, typed.next, now);
      if (found !== null) return { kind: 'fresh', id: credential.id, ...found };
    }
    return {
      kind: reserved.some((credential) => isLastPair(credential, typed)) ? 'used' : 'wrong',
    };
  }
  const match = matchCode(reserved, typed.code, now);
  if (match.kind !== 'fresh') return match;
  const { id, drift, driftRun: run } = match.credential;
  return { kind: 'fresh', id, step: match.step, learnt: learnDrift({ drift, run }, match.offset) };
}
