import { SignJWT } from 'jose';
import type { ProviderKey } from './provider-keys.js';

/** For how long Entra may take to read it. */
const VALID_FOR_S = 5 * 60;

/** RS256, with exactly the claims of Entra's contract. `now`: milliseconds since the epoch. */
export function signIdToken(
  key: ProviderKey,
  facts: {
    issuer: string;
    clientId: string;
    subject: string;
    nonce: string;
    acr: string;
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
    acr: facts.acr,
    amr: [facts.amr],
  })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: key.kid })
    .sign(key.privateKey);
}
