/** What is known of a profile's last request. `hash` and `iat` are null before the first. */
export interface LastRequest {
  seq: number;
  iat: number | null;
  hash: string | null;
}

export type SeqVerdict = 'fresh' | 'retry' | 'clone' | 'superseded' | 'iat-not-later';

/**
 * The table of `docs/authenticator-protocol.md`, section 5. A smaller `seq` with a later `iat` was signed after the last request
 * was, by somebody who did not know of it: there are two holders of the key. With an earlier `iat` it was signed before,
 * and merely arrives late. A last `iat` after `latest` cannot be honest any more: our clock was ahead and has been set right, and
 * then the order of times says nothing; that of `seq` still does.
 * @param latest the greatest `iat` that would be accepted now
 */
export function judgeSeq(
  request: { seq: number; iat: number; hash: string },
  last: LastRequest,
  latest: number,
): SeqVerdict {
  const later = last.iat === null || request.iat > last.iat;
  const isVoid = last.iat !== null && last.iat > latest;
  if (request.seq > last.seq) return later || isVoid ? 'fresh' : 'iat-not-later';
  if (request.seq === last.seq) return request.hash === last.hash ? 'retry' : 'clone';
  return later ? 'clone' : 'superseded';
}
