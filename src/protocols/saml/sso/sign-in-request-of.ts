import type { JsonObject, SignInRequest } from '../../../login/sign-in-request.js';
import type { AuthnFlow } from './authn-flow.js';

/** A flow in the engine's words. */
export function signInRequestOf(flow: AuthnFlow, continueAt: string): SignInRequest {
  return {
    relyingParty: flow.party,
    protocol: 'saml',
    entry: entryOf(flow),
    asked: {
      factors: flow.context?.factors ?? 1,
      maxAge: null,
      acrs: flow.context?.acceptable ?? [],
    },
    force: flow.force,
    loginHint: flow.loginHint ?? null,
    subject: null,
    priorEvidence: [],
    allowedFactors: null,
    session: 'join',
    deadline: null,
    interaction: 'browser',
    uiLocales: null,
    continueAt,
    protocolState: {
      flow: { ...flow, subject: flow.subject && { ...flow.subject } } as JsonObject,
    },
  };
}

/** Only for what `signInRequestOf` made: the record is sealed, so nobody else has written it. */
export function flowOf({ protocol, protocolState }: SignInRequest): AuthnFlow | null {
  return protocol === 'saml' ? (protocolState['flow'] as unknown as AuthnFlow) : null;
}

/** The door, for audit rows. */
export function entryOf({ inResponseTo }: Pick<AuthnFlow, 'inResponseTo'>): string {
  return inResponseTo === null ? 'saml.idp-initiated' : 'saml.sso';
}
