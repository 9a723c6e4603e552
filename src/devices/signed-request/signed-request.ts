import type { Profile } from '../profile.js';

/** A device's request as it came, whatever HTTP library read it. */
export interface IncomingRequest {
  /** The `Drawbridge-Request` header. */
  proof: string | undefined;
  method: string;
  /** The public URL without query. */
  url: string;
  body: Uint8Array;
  clientAddress: string;
}

/** What was answered, kept for an identical retry. */
export interface StoredAnswer {
  status: number;
  /** JSON text; empty for 204. */
  body: string;
}

export type RequestVerdict =
  | { kind: 'fresh'; profile: Profile; seq: number; requestHash: string }
  | { kind: 'retry'; answer: StoredAnswer }
  | { kind: 'refused'; status: 401; error: 'unauthorized' }
  | { kind: 'refused'; status: 401; error: 'clock'; time: number; after?: number }
  | { kind: 'refused'; status: 409; error: 'in_progress' | 'answer_lost' | 'superseded' }
  | { kind: 'refused'; status: 410; error: 'revoked' };

/**
 * Judges a signed request and uses its `seq` up (`docs/authenticator-protocol.md`, section 5). A clone is revoked here. A profile
 * that is a draft or locked is `fresh`: what it may do is the endpoint's matter.
 */
export interface SignedRequests {
  judge(request: IncomingRequest): Promise<RequestVerdict>;
  /** Keeps the answer for retries. Must be called before it is sent. */
  answered(
    verdict: { profile: Pick<Profile, 'id'>; requestHash: string },
    answer: StoredAnswer,
  ): Promise<void>;
}
