import type { Person } from '../directory/person.js';
import type { PolicyDecision } from '../relying-parties/decide-policy.js';
import type { RelyingPartyRegistry } from '../relying-parties/relying-party.js';
import type { FactorEvent } from '../sessions/factor-event.js';
import { countableEvents } from './countable-events.js';
import type { EvaluatePolicy } from './evaluate-policy.js';
import { nextStep, type NextStep, type NextStepFacts } from './next-step.js';
import type { SignInRecord } from './sign-in-record.js';

/** What policy demands of a sign-in now, what counts towards it, and what therefore comes next. */
export interface Judgement {
  decision: PolicyDecision;
  countable: readonly FactorEvent[];
  next: NextStep;
}

/** @returns `null` when the relying party is gone */
export function judgeSignIn(
  record: SignInRecord,
  person: Person,
  deps: { relyingParties: RelyingPartyRegistry; evaluatePolicy: EvaluatePolicy },
  facts: {
    clientAddress: string;
    now: number;
    chosen: string | null;
    remembered: string | null;
    enrollable: NextStepFacts['enrollable'];
  },
): Judgement | null {
  const { request, mustChangePassword, outOfUse } = record;
  // Of nothing it is to be known why.
  const lookedUp = record.enrolled?.length !== 0 || outOfUse !== undefined;
  const relyingParty = deps.relyingParties.byId(request.relyingParty);
  if (relyingParty === null) return null;
  const decision = deps.evaluatePolicy(relyingParty, person, request, facts.clientAddress);
  if (!decision.allowed) {
    return { decision, countable: [], next: { step: 'fail', reason: 'policy_denied' } };
  }
  const countable = countableEvents(record, person, decision, facts.now);
  const next = nextStep({
    personKnown: true,
    mustChangePassword,
    countable,
    demand: decision,
    enrolled: lookedUp ? record.enrolled : null,
    outOfUse: outOfUse ?? null,
    enrollable: facts.enrollable,
    chosen: facts.chosen,
    remembered: facts.remembered,
  });
  return { decision, countable, next };
}
