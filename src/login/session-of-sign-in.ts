import { credentialsIn } from '../sessions/credentials-in.js';
import type { FactorEvent } from '../sessions/factor-event.js';
import { isCurrent } from '../sessions/session-person.js';
import type { NewSession } from '../sessions/session-store.js';
import type { Session } from '../sessions/session.js';
import type { SignInRecord } from './sign-in-record.js';
import type { SignInResult } from './sign-in-result.js';

/**
 * The session that a completed sign-in earns. It always has a new id (an id from before the sign-in is worth
 * nothing afterwards); a step-up of the same person carries over what the old one knew. What is carried over ends when
 * it would have ended: only a session whose every proof is new gets a new absolute end. What was ever used in the old one
 * is remembered although newer proofs take its place: whoever held a lost phone may have gone on with another factor.
 */
export function sessionOfSignIn(
  record: SignInRecord,
  result: Extract<SignInResult, { outcome: 'completed' }>,
  old: Session | null,
  browser: Session['browser'],
): NewSession {
  const same = old !== null && isCurrent(old, result.person) ? old : null;
  const proved = new Set(record.events.map((event) => event.factor));
  const continued = same?.events.every((event) => proved.has(event.factor)) === false ? same : null;
  return {
    person: result.person.id,
    epoch: result.person.epoch,
    events: newestByFactor([...(same?.events ?? []), ...record.events]),
    credentialsUsed: credentialsIn({ ...same, events: record.events }),
    browser,
    ...(same === null ? {} : { participants: same.participants }),
    ...(continued === null
      ? {}
      : { startedAt: continued.startedAt, expiresAt: continued.expiresAt }),
  };
}

function newestByFactor(events: readonly FactorEvent[]): FactorEvent[] {
  const newest = new Map<string, FactorEvent>();
  for (const event of events) {
    const known = newest.get(event.factor);
    if (known === undefined || event.at >= known.at) newest.set(event.factor, event);
  }
  return [...newest.values()];
}
