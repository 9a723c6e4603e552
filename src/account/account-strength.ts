import type { Clock } from '../kernel/clock.js';
import { countableEvents } from '../login/countable-events.js';
import type { EvaluatePolicy } from '../login/evaluate-policy.js';
import { strengthOf } from '../sessions/strength.js';
import { accountParty } from './account-party.js';
import { accountRequest, type AccountLevel } from './account-request.js';
import type { Presence } from './presence.js';

/** Does what a session holds reach a level now? Judged as the engine judges, so that neither waits for the other. */
export function reaches(
  deps: { evaluatePolicy: EvaluatePolicy; clock: Clock },
  { person, session }: Presence,
  level: AccountLevel,
  clientAddress: string,
): boolean {
  const request = accountRequest(level, '/account');
  const decision = deps.evaluatePolicy(accountParty, person, request, clientAddress);
  if (!decision.allowed) return false;
  const record = { events: [], session, request };
  const countable = countableEvents(record, person, decision, deps.clock.now());
  return (
    countable.some((event) => event.factor === 'password') &&
    strengthOf(countable).factors >= decision.factors
  );
}
