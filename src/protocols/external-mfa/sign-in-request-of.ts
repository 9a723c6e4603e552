import type { Person } from '../../directory/person.js';
import type { JsonObject, SignInRequest } from '../../login/sign-in-request.js';
import type { FactorEvent } from '../../sessions/factor-event.js';
import type { SecondFactorFlow } from './parked-requests.js';

/** Entra drops an attempt after five minutes. What is left after this is for the error to reach it. */
export const ANSWER_WITHIN_MS = 4.5 * 60_000;

/**
 * A flow in the engine's words. For an account that is known, Entra's first factor counts as proved, so that only the
 * second one is asked for; otherwise everything is, and whoever completes it has proved that both accounts are theirs.
 */
export function signInRequestOf(
  flow: SecondFactorFlow,
  of: { person: Person; known: boolean; mayEnrol: boolean },
  continueAt: string,
): SignInRequest {
  const { account, request } = flow;
  return {
    relyingParty: flow.party,
    protocol: 'external-mfa',
    entry: 'external-mfa.authorize',
    asked: { factors: 2, maxAge: null, acrs: [] },
    force: false,
    loginHint: of.person.username,
    subject: of.person.id,
    priorEvidence: of.known ? [firstFactor(account)] : [],
    allowedFactors: request.factors,
    session: 'isolated',
    deadline: flow.receivedAt + ANSWER_WITHIN_MS,
    failures: 'handed-back',
    ...(of.mayEnrol ? {} : { enrolment: 'refused' }),
    interaction: 'browser',
    uiLocales: null,
    continueAt,
    protocolState: { flow: JSON.parse(JSON.stringify(flow)) as JsonObject },
  };
}

/** Only for what `signInRequestOf` made: the record is sealed, so nobody else has written it. */
export function flowOf({ protocol, protocolState }: SignInRequest): SecondFactorFlow | null {
  return protocol === 'external-mfa'
    ? (protocolState['flow'] as unknown as SecondFactorFlow)
    : null;
}

/** The acr that Entra asks for is what follows a proof of knowledge. */
function firstFactor({ tenant, issuedAt }: SecondFactorFlow['account']): FactorEvent {
  return {
    factor: 'password',
    category: 'knowledge',
    amr: 'pwd',
    at: issuedAt,
    credential: `entra:${tenant}`,
  };
}
