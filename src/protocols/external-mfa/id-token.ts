import { SignJWT } from 'jose';
import type { FactorEvent } from '../../sessions/factor-event.js';
import { SECOND_FACTOR_ACR } from './claims-request.js';
import { isMethodOf } from './factor-methods.js';
import type { ProviderKey } from './provider-keys.js';

/** For how long Entra may take to read it. */
const VALID_FOR_S = 5 * 60;

/**
 * The one reference that is answered: that of the newest proof beside the password, where it says of its factor what
 * is true and Entra asked for. `null`: there is none, and nothing must be signed.
 */
export function provedMethod(
  events: readonly FactorEvent[],
  asked: readonly string[] | null,
): string | null {
  const [newest] = events
    .filter(({ category, factor, amr }) => category !== 'knowledge' && isMethodOf(factor, amr))
    .toSorted((a, b) => b.at - a.at);
  if (newest === undefined) return null;
  return asked === null || asked.includes(newest.amr) ? newest.amr : null;
}

/** RS256, with exactly the claims of Entra's contract. `now`: milliseconds since the epoch. */
export function signIdToken(
  key: ProviderKey,
  facts: {
    issuer: string;
    clientId: string;
    subject: string;
    nonce: string;
    amr: string;
    now: number;
  },
): Promise<string> {
  const now = Math.floor(facts.now / 1000);
  return new SignJWT({
    iss: facts.issuer,
    aud: facts.clientId,
    sub: facts.subject,
    nonce: facts.nonce,
    iat: now,
    exp: now + VALID_FOR_S,
    acr: SECOND_FACTOR_ACR,
    amr: [facts.amr],
  })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: key.kid })
    .sign(key.privateKey);
}
