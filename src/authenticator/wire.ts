import type { SignedContext } from '../devices/wire/approval-payload.js';

/** The JSON of `docs/authenticator-protocol.md`. Binary values are base64url. Both ends check what they read. */

export const apiPaths = {
  time: '/authenticator/api/time',
  begin: '/authenticator/api/activation/begin',
  evaluateActivation: '/authenticator/api/activation/evaluate',
  complete: '/authenticator/api/activation/complete',
  activation: '/authenticator/api/activation',
  inbox: '/authenticator/api/inbox',
  stream: '/authenticator/api/inbox/stream',
  evaluate: (challenge: string) => `/authenticator/api/challenges/${challenge}/evaluate`,
  answer: (challenge: string) => `/authenticator/api/challenges/${challenge}/answer`,
  subscription: '/authenticator/api/subscription',
  profile: '/authenticator/api/profile',
  codes: '/authenticator/api/codes',
} as const;

export interface BeginRequest {
  code: string;
  secondSecret?: string;
  deviceKey: string;
  device: { installation: string; name: string };
}

export interface BeginAnswer {
  activation: string;
  profile: string;
  person: { name: string; username: string };
  organisation: string;
  codes: 'allowed' | 'refused';
  pushKey: string | null;
  expiresAt: number;
  time: number;
}

export interface EvaluateRequest {
  blinded: string;
}

export interface EvaluateAnswer {
  evaluated: string;
  /** In use, not in an activation. */
  strikesLeft?: number;
}

export interface CompleteRequest {
  approvalKey: string;
  proof: string;
  codeSecret?: string;
}

export interface CompleteAnswer {
  state: 'waiting';
  expiresAt: number;
}

export interface ActivationAnswer {
  state: 'waiting' | 'active' | 'refused' | 'expired';
  time: number;
}

export interface InboxAnswer {
  time: number;
  profile: {
    state: 'active' | 'locked';
    name: string;
    codes: 'enabled' | 'disabled' | 'locked';
    /** `null` with locked codes: for good. */
    codesLockedUntil: number | null;
    push: 'registered' | 'none';
  };
  challenges: readonly InboxChallenge[];
}

/** `id` is the `challenge` of what is signed. */
export type InboxChallenge = Omit<SignedContext, 'challenge'> & {
  id: string;
  expiresAt: number;
  digits: number;
};

export interface AnswerRequest {
  device: string;
  approval?: string;
}

export interface AnswerAnswer {
  state: 'approved' | 'denied';
}

export interface SubscriptionRequest {
  endpoint: string;
  keys: { p256dh: string; auth: string };
}

export interface ProfileRequest {
  name: string;
}

export interface CodesAnswer {
  state: 'enabled' | 'disabled' | 'locked';
  lockedUntil: number | null;
  time: number;
}

export interface ErrorAnswer {
  error: ErrorCode;
  /** With `clock`: the server's time, and what the next `iat` must be greater than. */
  time?: number;
  after?: number;
  /** With `refused`: whether the challenge can still be answered. */
  live?: boolean;
}

/** Every error code and its status. */
export const errorStatus = {
  malformed: 400,
  point_invalid: 400,
  key_invalid: 400,
  endpoint_refused: 400,
  unauthorized: 401,
  clock: 401,
  second_secret: 401,
  refused: 403,
  not_found: 404,
  in_progress: 409,
  answer_lost: 409,
  superseded: 409,
  not_evaluated: 409,
  used: 409,
  state: 409,
  revoked: 410,
  too_large: 413,
  media_type: 415,
  locked: 423,
  too_many: 429,
  unavailable: 503,
} as const;

export type ErrorCode = keyof typeof errorStatus;
