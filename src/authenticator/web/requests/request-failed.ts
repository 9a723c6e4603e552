import type { ErrorAnswer, ErrorCode } from '../../wire.js';

/** Why a request has no answer that helps. `offline`: nobody was reached, or not in time. */
export class RequestFailed extends Error {
  readonly code: ErrorCode | 'offline';
  readonly live: boolean;
  readonly retryAfterMs: number | null;

  constructor(answer: ErrorAnswer | null, retryAfterMs: number | null = null) {
    const code = answer?.error ?? 'offline';
    super(code);
    this.code = code;
    this.live = answer?.live === true;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The profile is not on this device (any more): the server revoked it, or another window removed it. */
export class ProfileGone extends Error {}
