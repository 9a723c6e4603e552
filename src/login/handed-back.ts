import { DependencyUnavailable } from '../kernel/errors.js';
import type { SignInRecord } from './sign-in-record.js';
import type { SignInResult } from './sign-in-result.js';

/**
 * For how long a sign-in is kept after its end when its failure is to be told to the other side: long enough that a
 * page which was left open finds it and can say that it is over.
 */
const KEPT_AFTER_END_MS = 10 * 60_000;

type Timed = Pick<SignInRecord, 'request' | 'expiresAt'>;

/** Is the other side told of every failure at once? */
export function handsBack({ request }: Pick<SignInRecord, 'request'>): boolean {
  return request.failures === 'handed-back';
}

/** Milliseconds since the epoch at which a sign-in is forgotten. */
export function keptUntil(record: Timed): number {
  return handsBack(record) ? record.expiresAt + KEPT_AFTER_END_MS : record.expiresAt;
}

/** The person has taken too long; what they prove now counts no more. */
export function isOver({ expiresAt, step }: SignInRecord, now: number): boolean {
  return step.kind !== 'ended' && expiresAt <= now;
}

/** Whole seconds after which a page of this sign-in loads itself again to hand it back; `null`: it does not. */
export function secondsUntilHandedBack(record: Timed, now: number): number | null {
  return handsBack(record) ? Math.max(0, Math.ceil((record.expiresAt - now) / 1_000)) : null;
}

/** Does the browser move on by itself? Otherwise a page of ours tells what happened. */
export function leavesAtOnce(record: Pick<SignInRecord, 'request'>, result: SignInResult): boolean {
  return result.outcome === 'completed' || result.reason === 'cancelled' || handsBack(record);
}

/**
 * The end of a sign-in that cannot go on because a store does not answer. No row leads to it: there is nothing to write to.
 * @throws error again, when it is another one or the person is to be told on a page of ours
 */
export function endedWithoutStore(record: SignInRecord, error: unknown): SignInRecord {
  if (!handsBack(record) || !(error instanceof DependencyUnavailable)) throw error;
  const result = { outcome: 'failed', reason: 'service_unavailable', reference: null } as const;
  return { ...record, step: { kind: 'ended', result } };
}
