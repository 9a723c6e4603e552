import { SignJWT } from 'jose';
import type { Clock } from '../../../kernel/clock.js';
import { randomToken, type RandomSource } from '../../../kernel/random.js';
import type { SigningKey } from '../../../keys/key-store.js';

/**
 * Tells one client that a session is over (OpenID Connect Back-Channel Logout 1.0, 2.4). Its type and its `events` keep
 * it from being taken for an ID token, and it never has a nonce. Without `sid` it is about all of the person's sessions.
 */
export function createLogoutToken(
  about: { issuer: string; clientId: string; subject: string; sid: string | null },
  key: SigningKey,
  deps: { clock: Clock; random: RandomSource },
): Promise<string> {
  const now = Math.floor(deps.clock.now() / 1000);
  const { sid } = about;
  return new SignJWT({ ...(sid === null ? {} : { sid }), events: { [LOGOUT_EVENT]: {} } })
    .setProtectedHeader({ alg: key.algorithm, typ: 'logout+jwt', kid: key.kid })
    .setIssuer(about.issuer)
    .setAudience(about.clientId)
    .setSubject(about.subject)
    .setIssuedAt(now)
    .setExpirationTime(now + VALID_SECONDS)
    .setJti(randomToken(deps.random, 128))
    .sign(key.privateKey);
}

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const VALID_SECONDS = 120;
