import { createHash } from 'node:crypto';
import type { RequestPayload } from '../wire/request-payload.js';

const members: readonly (keyof RequestPayload)[] = ['profile', 'seq', 'iat', 'htm', 'htu', 'body'];

/** The payload, when it is one and of just this request; `null` otherwise. */
export function readRequestPayload(
  payload: Readonly<Record<string, unknown>>,
  request: { method: string; url: string; body: Uint8Array },
): RequestPayload | null {
  if (Object.keys(payload).length !== members.length) return null;
  const { profile, seq, iat, htm, htu, body } = payload;
  if (typeof profile !== 'string' || !isCount(seq) || !isCount(iat)) return null;
  const hash = createHash('sha256').update(request.body).digest('base64url');
  if (htm !== request.method || htu !== request.url || body !== hash) return null;
  return { profile, seq, iat, htm, htu, body };
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) > 0;

/** Names a request among those of its profile. */
export const requestHash = (text: string): string =>
  createHash('sha256').update(text).digest('base64url');
