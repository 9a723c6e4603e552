import { toBase64url } from '../../../devices/wire/base64url.js';
import { requestHeaderName, type RequestPayload } from '../../../devices/wire/request-payload.js';
import { signWith } from '../crypto/device-keys.js';
import { signText } from '../crypto/sign-text.js';
import type { StoredProfile } from '../profiles/stored-profile.js';
import type { OutgoingRequest } from './exchange.js';

/** `docs/authenticator-protocol.md`, section 5, with the `seq` and `iat` that were written down. */
export async function signRequest(
  profile: StoredProfile,
  request: { method: string; url: string; accept?: string; body: object | null },
): Promise<OutgoingRequest> {
  const { method, url } = request;
  const body = request.body === null ? null : JSON.stringify(request.body);
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(body ?? ''));
  const payload: RequestPayload = {
    profile: profile.id,
    seq: profile.seq,
    iat: profile.lastIat,
    htm: method,
    htu: url,
    body: toBase64url(new Uint8Array(hash)),
  };
  const use = { use: 'request', profile: profile.id, payload } as const;
  const headers = {
    accept: request.accept ?? 'application/json',
    [requestHeaderName]: await signText(use, signWith(profile.signing)),
    ...(body === null ? {} : { 'content-type': 'application/json' }),
  };
  return { method, url, headers, body };
}
