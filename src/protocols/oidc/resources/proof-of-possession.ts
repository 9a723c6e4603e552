import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';
import { failure, success, type Result } from '../../../kernel/result.js';
import { dpopAlgorithms } from '../dpop-algorithms.js';

/** How far a proof's `iat` may be from our time, as at the token endpoint. */
const AGE_MS = 5 * 60_000;

/** Nobody needs a longer one. */
const LONGEST = 8 * 1024;

/**
 * Checks a DPoP proof at a resource (RFC 9449, 4.3 and 7.1), except for whether it was shown before.
 * @returns under which id it has to be claimed; or what is wrong, for operators
 */
export async function checkProof(
  proof: string | null,
  shown: { method: string; url: string; token: string; jkt: string },
  now: number,
): Promise<Result<{ id: string }, string>> {
  if (proof === null) return failure('the proof is missing');
  if (proof.length > LONGEST) return failure('the proof is too long');
  let verified: Awaited<ReturnType<typeof jwtVerify>>;
  try {
    verified = await jwtVerify(proof, EmbeddedJWK, {
      algorithms: [...dpopAlgorithms],
      typ: 'dpop+jwt',
      currentDate: new Date(now),
    });
  } catch {
    return failure('the proof is no JWT signed by the key it names');
  }
  const { payload, protectedHeader } = verified;
  const { iat, jti, htm, htu, ath } = payload;
  if (protectedHeader.jwk === undefined) return failure('the proof names no key');
  if ((await calculateJwkThumbprint(protectedHeader.jwk)) !== shown.jkt) {
    return failure('the proof is of another key');
  }
  if (typeof iat !== 'number' || Math.abs(now - iat * 1000) > AGE_MS) {
    return failure('the proof is not of now');
  }
  if (typeof jti !== 'string' || jti === '') return failure('the proof has no id');
  if (htm !== shown.method) return failure('the proof is for another method');
  if (typeof htu !== 'string' || !isSameAddress(htu, shown.url)) {
    return failure('the proof is for another address');
  }
  if (ath !== hashOf(shown.token)) return failure('the proof is for another token');
  return success({ id: hashOf(`${shown.jkt} ${jti}`) });
}

/** RFC 9449, 4.3: without query and fragment, after normalisation. */
function isSameAddress(htu: string, url: string): boolean {
  if (!URL.canParse(htu)) return false;
  const named = new URL(htu);
  named.search = '';
  named.hash = '';
  return named.href === new URL(url).href;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');
