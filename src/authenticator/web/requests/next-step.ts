import type { ErrorCode } from '../../wire.js';

/** How a signed request went. */
export type Outcome =
  | { kind: 'lost' }
  | { kind: 'answer'; status: number; error: ErrorCode | null; retryAfterMs: number | null };

/** `same`: the identical bytes; `anew`: signed again with the next `seq`. */
export type NextStep =
  { kind: 'done' } | { kind: 'same'; afterMs: number } | { kind: 'anew'; afterMs: number };

/** What was spent on a request so far. */
export interface Effort {
  /** Of this text in a row, the last one included. */
  sent: number;
  /** Texts that were signed. */
  signed: number;
  elapsedMs: number;
  patienceMs: number;
  /** Whether it may be carried out twice: otherwise nobody signs it anew after an answer that was lost for good. */
  repeatable: boolean;
}

/** `docs/authenticator-protocol.md`, sections 5 and 6. */
export function nextStep(outcome: Outcome, effort: Effort): NextStep {
  const pause = Math.min(250 * 2 ** (effort.sent - 1), 4_000);
  const isPatient = (afterMs: number) => effort.elapsedMs + afterMs < effort.patienceMs;
  if (outcome.kind === 'lost') return isPatient(pause) ? { kind: 'same', afterMs: pause } : done;
  const { error } = outcome;
  const afterMs = outcome.retryAfterMs ?? pause;
  if (error === 'in_progress') return isPatient(afterMs) ? { kind: 'same', afterMs } : done;
  if (effort.signed >= 4) return done;
  if (error === 'clock') return { kind: 'anew', afterMs: 0 };
  if (error === 'unavailable') return isPatient(afterMs) ? { kind: 'anew', afterMs } : done;
  const isOvertaken = error === 'answer_lost' || error === 'superseded';
  return isOvertaken && (effort.repeatable || error === 'superseded')
    ? { kind: 'anew', afterMs: 0 }
    : done;
}

const done: NextStep = { kind: 'done' };
