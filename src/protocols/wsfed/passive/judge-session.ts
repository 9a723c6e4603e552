import type { Person } from '../../../directory/person.js';
import { countableEvents } from '../../../login/countable-events.js';
import type { EvaluatePolicy } from '../../../login/evaluate-policy.js';
import type { SignInResult } from '../../../login/sign-in-result.js';
import type { RelyingParty } from '../../../relying-parties/relying-party.js';
import { assertedAuthentication } from '../../../sessions/asserted-authentication.js';
import type { FactorEvent } from '../../../sessions/factor-event.js';
import type { Session } from '../../../sessions/session.js';
import { strengthOf } from '../../../sessions/strength.js';
import type { PassiveFlow } from './passive-flow.js';
import { signInRequestOf } from './sign-in-request-of.js';

/** What a session is worth to a relying party at this moment. */
export type JudgedSession =
  | {
      verdict: 'sufficient';
      proofs: readonly FactorEvent[];
      /** URI to assert, and since when it is true. */
      method: string;
      instant: number;
      rule: string;
    }
  | { verdict: 'denied'; rule: string }
  | { verdict: 'insufficient' };

export interface SessionToJudge {
  flow: PassiveFlow;
  party: RelyingParty;
  person: Person;
  session: Session;
  /**
   * A sign-in that has just ended for this very flow and gave this session. The engine held it to its age and force, so
   * its proofs stand however long the person took; policy is asked again.
   */
  ended: Extract<SignInResult, { outcome: 'completed' }> | null;
  clientAddress: string;
  now: number;
}

/** Pure. The same judgement before anything is asked of a person, and when a token is about to be made. */
export function judgeSession(evaluatePolicy: EvaluatePolicy, facts: SessionToJudge): JudgedSession {
  const { flow, party, person, session, ended, now } = facts;
  const request = signInRequestOf(flow, '/');
  const decision = evaluatePolicy(party, person, request, facts.clientAddress);
  if (!decision.allowed) return { verdict: 'denied', rule: decision.rule };
  const { allowedFactors, rule } = decision;
  const countable = (record: { events: readonly FactorEvent[]; session: Session | null }) =>
    countableEvents(
      { ...record, request },
      person,
      { maxAge: decision.maxAge, allowedFactors },
      now,
    );
  const proofs = countable(
    ended === null ? { events: [], session } : { events: ended.events, session: null },
  );
  const given = ended === null ? { earlier: proofs, recent: [] } : { earlier: [], recent: proofs };
  const { method, instant } = assertedAuthentication('ws-federation', given, flow.asked, now);
  const isEnough = strengthOf(proofs).factors >= decision.factors;
  if (method === null || instant === null || !isEnough) return { verdict: 'insufficient' };
  return { verdict: 'sufficient', proofs, method, instant, rule };
}
