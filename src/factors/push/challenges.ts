import type { Profile } from '../../devices/profile.js';
import type { SignedContext } from '../../devices/wire/approval-payload.js';
import type { Person } from '../../directory/person.js';
import type { FactorContext } from '../factor.js';
import type { Challenge, ChallengeId } from './challenge.js';

/** The sign-in's side. */
export interface ChallengeDesk {
  /**
   * Takes the place of a live challenge of this person, except that a browser not known for them never takes that of one
   * which is (`busy`). Rings the phones without waiting for them.
   */
  open(
    person: Person,
    profiles: readonly Profile[],
    context: FactorContext,
  ): Promise<
    | { ok: true; challenge: Challenge }
    | { ok: false; reason: 'busy' | 'over-budget' | 'silenced'; retryAt: number }
  >;
  find(id: ChallengeId): Promise<Challenge | null>;
  /** Uses an approval up: of parallel callers on all nodes exactly one gets `true`. */
  use(challenge: Challenge): Promise<boolean>;
  withdraw(id: ChallengeId): Promise<void>;
}

/** The phone's side. Every refusal is the code of an error answer (`docs/authenticator-protocol.md`, section 8). */
export interface PhoneChallenges {
  /** Live ones sent to this profile: none or one. */
  pending(profile: Profile): Promise<readonly PendingChallenge[]>;
  /** Charges a strike, atomically and before anything is computed. */
  evaluate(
    profile: Profile,
    challenge: string,
    blinded: Uint8Array,
  ): Promise<
    | { ok: true; evaluated: Uint8Array; strikesLeft: number }
    | { ok: false; error: 'not_found' | 'locked' | 'point_invalid' }
  >;
  answer(
    profile: Profile,
    challenge: string,
    answer: { device: string; approval: string | null; seq: number },
    from: { clientAddress: string },
  ): Promise<AnswerOutcome>;
}

export type PendingChallenge = Omit<SignedContext, 'challenge'> & {
  id: ChallengeId;
  expiresAt: number;
  digits: number;
};

export type AnswerOutcome =
  | { ok: true; state: 'approved' | 'denied' }
  | {
      ok: false;
      error: 'unauthorized' | 'malformed' | 'not_found' | 'used' | 'not_evaluated' | 'locked';
    }
  | { ok: false; error: 'refused'; live: boolean };

/** Strikes of a profile, in SQL: exact under any number of parallel callers on any number of nodes. */
export interface ApprovalStrikes {
  /** `null`: locked, revoked or not active. The one that reaches the limit locks the profile there and then. */
  charge(profile: Profile['id'], now: number): Promise<{ strikesLeft: number } | null>;
  /** After a valid approval: back to none, and the lock of the last charge undone. */
  forgive(profile: Profile['id'], now: number): Promise<void>;
}
