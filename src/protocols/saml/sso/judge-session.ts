import type { Person } from '../../../directory/person.js';
import { countableEvents } from '../../../login/countable-events.js';
import type { EvaluatePolicy } from '../../../login/evaluate-policy.js';
import type { SignInResult } from '../../../login/sign-in-result.js';
import type { RelyingParty } from '../../../relying-parties/relying-party.js';
import type { FactorEvent } from '../../../sessions/factor-event.js';
import type { Session } from '../../../sessions/session.js';
import { strengthOf, type Strength } from '../../../sessions/strength.js';
import { assertedAuthentication } from '../../../sessions/asserted-authentication.js';
import type { SamlSettings } from '../saml-settings.js';
import type { AuthnFlow } from './authn-flow.js';
import { assertedClass } from './demanded-context.js';
import { signInRequestOf } from './sign-in-request-of.js';

/** What a session is worth to a service at this moment. */
export type JudgedSession =
  | {
      verdict: 'sufficient';
      proofs: readonly FactorEvent[];
      strength: Strength;
      /** When the oldest proof that counts was given. */
      authTime: number;
      /** The class to assert. */
      context: string;
      rule: string;
    }
  | { verdict: 'denied'; rule: string }
  | { verdict: 'insufficient' };

export interface SessionToJudge {
  flow: AuthnFlow;
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

/** Pure. The same judgement before anything is asked of a person, and when an assertion is about to be made. */
export function judgeSession(evaluatePolicy: EvaluatePolicy, facts: SessionToJudge): JudgedSession {
  const { flow, party, person, session, ended, now } = facts;
  const request = signInRequestOf(flow, '/');
  const decision = evaluatePolicy(party, person, request, facts.clientAddress);
  if (!decision.allowed) return { verdict: 'denied', rule: decision.rule };
  const { maxAge, allowedFactors } = decision;
  const proofs =
    ended === null
      ? countableEvents({ events: [], request, session }, person, { maxAge, allowedFactors }, now)
      : countableEvents(
          { events: ended.events, request, session: null },
          person,
          { maxAge: null, allowedFactors },
          now,
        );
  const strength = strengthOf(proofs);
  const said = saidOf(facts, proofs);
  if (said === null || strength.factors < decision.factors) return { verdict: 'insufficient' };
  return { verdict: 'sufficient', proofs, strength, ...said, rule: decision.rule };
}

/** `null`: less was proved than what was asked for, or no password. */
function saidOf(
  { flow, party, ended, now }: SessionToJudge,
  proofs: readonly FactorEvent[],
): { context: string; authTime: number } | null {
  const { context: demanded } = flow;
  const method = demanded?.factors === 2 ? 'multi-factor' : 'any';
  // The proofs are held to force and age already.
  const asked = { method, force: false, maxAge: null, multiFactorMaxAge: null } as const;
  const given = ended === null ? { earlier: proofs, recent: [] } : { earlier: [], recent: proofs };
  const said = assertedAuthentication('saml', given, asked, now);
  if (said.method === null || said.instant === null) return null;
  // Whoever asks for nothing in particular is told in words of their own: Microsoft takes no others for two factors.
  const isMicrosoft = (party.settings as SamlSettings).profile !== undefined;
  const context =
    isMicrosoft && demanded === null
      ? said.method
      : assertedClass(demanded, { factors: said.multiFactor ? 2 : 1 });
  return context === null ? null : { context, authTime: said.instant };
}
