import type { SignInRequest } from '../../../login/sign-in-request.js';
import type { PassiveFlow } from './passive-flow.js';

/** The door, for audit rows. */
export const ENTRY = 'wsfed.sign-in';

/** A flow in the engine's words. */
export function signInRequestOf(flow: PassiveFlow, continueAt: string): SignInRequest {
  const { method, force, maxAge, multiFactorMaxAge } = flow.asked;
  const isStrong = method === 'multi-factor';
  const ages = [maxAge, isStrong ? multiFactorMaxAge : null].filter((age) => age !== null);
  return {
    relyingParty: flow.party,
    protocol: 'ws-federation',
    entry: ENTRY,
    asked: {
      factors: isStrong ? 2 : 1,
      maxAge: ages.length === 0 ? null : Math.min(...ages),
      acrs: [],
    },
    force,
    loginHint: flow.loginHint,
    subject: null,
    priorEvidence: [],
    allowedFactors: null,
    session: 'join',
    deadline: null,
    interaction: 'browser',
    uiLocales: null,
    continueAt,
    protocolState: { flow: { ...flow, asked: { ...flow.asked } } },
  };
}

/** Only for what `signInRequestOf` made: the record is sealed, so nobody else has written it. */
export function flowOf({ protocol, protocolState }: SignInRequest): PassiveFlow | null {
  return protocol === 'ws-federation' ? (protocolState['flow'] as unknown as PassiveFlow) : null;
}
