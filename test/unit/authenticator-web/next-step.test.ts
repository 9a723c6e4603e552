import { describe, expect, test } from '@jest/globals';
import {
  nextStep,
  type Effort,
  type Outcome,
} from '../../../src/authenticator/web/requests/next-step.js';
import type { ErrorCode } from '../../../src/authenticator/wire.js';

const effort: Effort = { sent: 1, signed: 1, elapsedMs: 0, patienceMs: 4_000, repeatable: false };
const answer = (
  status: number,
  error: ErrorCode | null,
  retryAfterMs: number | null = null,
): Outcome => ({
  kind: 'answer',
  status,
  error,
  retryAfterMs,
});

describe('after a lost answer', () => {
  test('the identical bytes are sent again, with longer and longer pauses', () => {
    expect(nextStep({ kind: 'lost' }, effort)).toEqual({ kind: 'same', afterMs: 250 });
    expect(nextStep({ kind: 'lost' }, { ...effort, sent: 3 })).toEqual({
      kind: 'same',
      afterMs: 1_000,
    });
    expect(nextStep({ kind: 'lost' }, { ...effort, sent: 30, patienceMs: 60_000 })).toEqual({
      kind: 'same',
      afterMs: 4_000,
    });
  });

  test('until patience ends', () => {
    expect(nextStep({ kind: 'lost' }, { ...effort, elapsedMs: 3_800 })).toEqual({ kind: 'done' });
  });
});

test('an answer that is still being made is asked for with the same bytes', () => {
  expect(nextStep(answer(409, 'in_progress', 1_000), effort)).toEqual({
    kind: 'same',
    afterMs: 1_000,
  });
});

test('after a clock error it is signed anew at once, but not for ever', () => {
  expect(nextStep(answer(401, 'clock'), effort)).toEqual({ kind: 'anew', afterMs: 0 });
  expect(nextStep(answer(401, 'clock'), { ...effort, signed: 4 })).toEqual({ kind: 'done' });
});

test('when nothing was decided, it is signed anew after what the server says', () => {
  expect(nextStep(answer(503, 'unavailable', 2_000), effort)).toEqual({
    kind: 'anew',
    afterMs: 2_000,
  });
  expect(nextStep(answer(503, 'unavailable', 60_000), effort)).toEqual({ kind: 'done' });
});

test('what was not carried out is signed anew; what may have been, only when that does no harm', () => {
  expect(nextStep(answer(409, 'superseded'), effort)).toEqual({ kind: 'anew', afterMs: 0 });
  expect(nextStep(answer(409, 'answer_lost'), effort)).toEqual({ kind: 'done' });
  const harmless = { ...effort, repeatable: true };
  expect(nextStep(answer(409, 'answer_lost'), harmless)).toEqual({ kind: 'anew', afterMs: 0 });
});

test.each<[number, ErrorCode]>([
  [401, 'unauthorized'],
  [403, 'refused'],
  [404, 'not_found'],
  [409, 'used'],
  [409, 'state'],
  [410, 'revoked'],
  [423, 'locked'],
  [429, 'too_many'],
])('%i %s is an answer', (status, error) => {
  expect(nextStep(answer(status, error), effort)).toEqual({ kind: 'done' });
});
