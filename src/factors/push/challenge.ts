import type { PersonId } from '../../directory/person.js';
import type { PrefixedId } from '../../kernel/prefixed-id.js';
import type { ProfileId } from '../../devices/ids.js';

export type ChallengeId = PrefixedId<'chl'>;

/**
 * A request to approve one sign-in. Lives sealed in the short-lived store; losing it means that the person starts again, and
 * nothing is ever approved by its absence. It goes to every usable profile of the person, and one answer settles it.
 */
export interface Challenge {
  v: 1;
  id: ChallengeId;
  person: PersonId;
  /** Those it was sent to. Each signs its own id. */
  profiles: readonly ProfileId[];
  signIn: string;
  relyingParty: string;
  service: string;
  /** The configured name of the network, or the address. */
  place: string;
  browser: string;
  at: number;
  nonce: string;
  /** Shown on the sign-in page only; never on the wire to a phone. */
  number: string;
  expiresAt: number;
  /** Asked for by a browser that signed this person in before. */
  knownBrowser: boolean;
  /** Profiles that have an evaluation which no answer has used yet. */
  evaluated: readonly ProfileId[];
  /** Phones that have used their strikes up on it. They can still turn it down. */
  lockedOut: readonly ProfileId[];
  state: ChallengeState;
}

/** Everything but `live` is final, except that `approved` becomes `used` when the sign-in takes it, once. */
export type ChallengeState =
  | { kind: 'live' }
  | { kind: 'approved'; profile: ProfileId; at: number }
  | { kind: 'used' }
  | { kind: 'denied' | 'not-me' | 'wrong-number'; profile: ProfileId; at: number }
  /** Replaced by a newer one, cancelled by the sign-in, or its profile was revoked. */
  | { kind: 'withdrawn' };
