import { errors } from 'oidc-provider';
import type { Clock } from '../../../kernel/clock.js';

/**
 * What we demand of a client assertion (RFC 7523) beyond what the library has checked by then: signature by a key of
 * the client, issuer, subject, audience, and an id not seen before. One that is good for long is a password.
 * @throws InvalidClientAuth
 */
export function assertClientAssertion(
  claims: Record<string, unknown>,
  header: Record<string, unknown>,
  clock: Clock,
): void {
  const seconds = Math.floor(clock.now() / 1000);
  const { exp, iat, sub, iss } = claims;
  if (typeof exp !== 'number' || exp > seconds + LONGEST_SECONDS) {
    throw new errors.InvalidClientAuth('exp is too far in the future');
  }
  if (iat !== undefined && (typeof iat !== 'number' || iat > seconds + SKEW_SECONDS)) {
    throw new errors.InvalidClientAuth('iat is in the future');
  }
  if (sub !== iss) throw new errors.InvalidClientAuth('sub and iss must both be the client');
  if (['jwk', 'jku', 'x5u', 'x5c', 'crit'].some((name) => Object.hasOwn(header, name))) {
    throw new errors.InvalidClientAuth('the header names a key itself');
  }
}

const LONGEST_SECONDS = 10 * 60;
const SKEW_SECONDS = 60;
