import type { Person } from '../directory/person.js';
import type { FactorEvent } from '../sessions/factor-event.js';
import { isCurrent, isWorthSomething } from '../sessions/session-person.js';
import type { SignInRecord } from './sign-in-record.js';
import type { SignInRequest } from './sign-in-request.js';

/**
 * The proofs that count towards a request: those of this sign-in, however long the person took; those vouched for
 * by another party and those of the joined session when it is this person's, nothing forces a new proof, and they
 * are fresh enough. What a credential proved that has ended since never does.
 */
export function countableEvents(
  record: Pick<SignInRecord, 'events' | 'session' | 'request'>,
  person: Pick<Person, 'id' | 'epoch' | 'endedCredentials' | 'endedSessions'>,
  limits: { maxAge: number | null; allowedFactors: readonly string[] | null },
  now: number,
): FactorEvent[] {
  const { request, session } = record;
  const joined =
    canJoin(request) && session !== null && isCurrent(session, person) ? session.events : [];
  const earlier = [...joined, ...request.priorEvidence].filter(
    (event) => limits.maxAge === null || now - event.at <= limits.maxAge,
  );
  return [...earlier, ...record.events].filter(
    (event) => isAllowed(event, limits.allowedFactors) && isWorthSomething(event, person),
  );
}

function canJoin(request: SignInRequest): boolean {
  return request.session === 'join' && !request.force;
}

function isAllowed(event: FactorEvent, allowed: readonly string[] | null): boolean {
  return event.factor === 'password' || allowed === null || allowed.includes(event.factor);
}
