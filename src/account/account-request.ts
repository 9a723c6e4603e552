import type { SignInRequest } from '../login/sign-in-request.js';
import { accountParty } from './account-party.js';

/** `entry`: to see the account. `change`: to change how its person signs in, which needs fresh proofs. */
export type AccountLevel = 'entry' | 'change';

/** How old proofs may be when they are to allow a change. */
export const CHANGE_MAX_AGE_MS = 15 * 60_000;

/** The sign-in that leads to a level; also what a session is measured against. */
export function accountRequest(level: AccountLevel, continueAt: string): SignInRequest {
  return {
    relyingParty: accountParty.id,
    protocol: accountParty.protocol,
    entry: 'account',
    asked: { factors: 2, maxAge: level === 'change' ? CHANGE_MAX_AGE_MS : null, acrs: [] },
    force: false,
    loginHint: null,
    subject: null,
    priorEvidence: [],
    allowedFactors: null,
    session: 'join',
    deadline: null,
    interaction: 'browser',
    uiLocales: null,
    continueAt,
    protocolState: {},
  };
}
