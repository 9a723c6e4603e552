import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import type { Clock } from '../../../kernel/clock.js';
import { countableEvents } from '../../../login/countable-events.js';
import type { EvaluatePolicy } from '../../../login/evaluate-policy.js';
import type { SignInRequest } from '../../../login/sign-in-request.js';
import type { RelyingParty } from '../../../relying-parties/relying-party.js';
import type { FactorEvent } from '../../../sessions/factor-event.js';
import { acrDemands, acrOf, strengthOf } from '../../../sessions/strength.js';
import { requestScope } from '../request-scope.js';
import { askedAcrs, signInRequestOf } from './sign-in-request-of.js';

export interface JudgeDeps {
  evaluatePolicy: EvaluatePolicy;
  clock: Clock;
  relyingPartyOf: (ctx: KoaContextWithOIDC) => RelyingParty;
}

/**
 * When the library must stop and ask: the engine's judgement of the session in place of the library's own checks, at
 * the start of a request and again before a code leaves. The consent prompt stays the library's; for first parties the
 * grant already holds what is asked.
 */
export function createInteractionPolicy(judge: Judge) {
  const { Check, Prompt, base } = interactionPolicy;
  const policy = base();
  policy.remove('login');
  const login = new Prompt(
    { name: 'login', requestable: true },
    new Check('not_satisfied', 'End-User authentication is required', 'login_required', (ctx) => {
      const judged = judge(ctx);
      if (judged === null && (ctx.oidc.result?.login !== undefined || asksTheImpossible(ctx))) {
        // Asking once more would change nothing.
        throw new errors.UnmetAuthenticationRequirements(
          'the requested strength cannot be reached',
        );
      }
      if (judged === null) return Check.REQUEST_PROMPT;
      assert(ctx, judged);
      return Check.NO_NEED_TO_PROMPT;
    }),
  );
  policy.add(login, 0);
  // Choosing an account is signing in again: the page lets everybody name themselves.
  policy.add(new Prompt({ name: 'select_account', requestable: true }), 1);
  return policy;
}

/** The proofs that let a request pass, or `null` when the person has to do something. */
export type Judge = (ctx: KoaContextWithOIDC) => readonly FactorEvent[] | null;

export function createJudge(deps: JudgeDeps): Judge {
  return (ctx) => judge(deps, ctx);
}

function judge(deps: JudgeDeps, ctx: KoaContextWithOIDC): readonly FactorEvent[] | null {
  const { session, person } = requestScope();
  if (session === null || person === null) return null;
  const relyingParty = deps.relyingPartyOf(ctx);
  const request = signInRequestOf(ctx.oidc, relyingParty, { continueAt: '/', protocolState: {} });
  if (request.subject !== null && request.subject !== person.id) return null;
  const { clientAddress } = requestScope().circumstances;
  const decision = deps.evaluatePolicy(relyingParty, person, request, clientAddress);
  if (!decision.allowed) return null;

  const proofs = proofsOf(ctx, request, decision, deps.clock.now());
  const strength = strengthOf(proofs);
  const passwordProved = proofs.some((event) => event.factor === 'password');
  if (!passwordProved || strength.factors < decision.factors) return null;
  const { required } = askedAcrs(ctx.oidc);
  const met = required.some((acr) => (acrDemands[acr] ?? Infinity) <= strength.factors);
  return required.length === 0 || met ? proofs : null;
}

/**
 * A sign-in that has just ended for this request was held to its age and force by the engine: its proofs stand however
 * old they are, as long as the session that it gave is the one in force and policy still takes such factors. Otherwise
 * the session's count as far as they are fresh enough.
 */
function proofsOf(
  ctx: KoaContextWithOIDC,
  request: SignInRequest,
  limits: { maxAge: number | null; allowedFactors: readonly string[] | null },
  now: number,
): readonly FactorEvent[] {
  const { collected, session, person } = requestScope();
  if (session === null || person === null) return [];
  const { maxAge, allowedFactors } = limits;
  if (
    collected?.result.outcome === 'completed' &&
    collected.result.session === session.session.id
  ) {
    const { events } = collected.result;
    const proved = { events, request, session: null };
    return countableEvents(proved, person, { maxAge: null, allowedFactors }, now);
  }
  const justSignedIn = ctx.oidc.result?.login !== undefined;
  return countableEvents(
    {
      events: [],
      request: justSignedIn ? { ...request, force: false } : request,
      session: session.session,
    },
    person,
    { maxAge: justSignedIn ? null : maxAge, allowedFactors },
    now,
  );
}

function asksTheImpossible(ctx: KoaContextWithOIDC): boolean {
  const { required } = askedAcrs(ctx.oidc);
  return required.length > 0 && required.every((acr) => acrDemands[acr] === undefined);
}

/** What the tokens will say, from the very proofs that were judged. */
function assert(ctx: KoaContextWithOIDC, proofs: readonly FactorEvent[]): void {
  const strength = strengthOf(proofs);
  const { required, voluntary } = askedAcrs(ctx.oidc);
  const session = ctx.oidc.session as unknown as { acr: string; amr: string[]; loginTs: number };
  session.acr = acrOf(strength, [...required, ...voluntary]) ?? '';
  session.amr = [...strength.amr];
  session.loginTs = Math.floor((strength.authTime ?? 0) / 1000);
}
