import type { PersonId } from '../../directory/person.js';
import type { Sealer } from '../../keys/sealer.js';
import type { EphemeralStore, EphemeralWrite } from '../../storage/ephemeral/ephemeral-store.js';
import type { Clock } from '../../kernel/clock.js';
import { readPrefixedId } from '../../kernel/prefixed-id.js';
import type { Challenge, ChallengeId } from './challenge.js';

/** A challenge as it was read, so that what replaces it replaces just this. */
export interface StoredChallenge {
  challenge: Challenge;
  value: string;
}

/** How long a settled challenge can still be looked at, beyond its end. */
const KEPT_AFTER_MS = 60_000;

/** Challenges in the short-lived store. Every change is a compare-and-set: of parallel answers one wins, on any node. */
export class ChallengeStore {
  readonly #store: EphemeralStore;
  readonly #sealer: Sealer;
  readonly #clock: Clock;

  constructor(deps: { store: EphemeralStore; sealer: Sealer; clock: Clock }) {
    this.#store = deps.store;
    this.#sealer = deps.sealer;
    this.#clock = deps.clock;
  }

  async find(id: string | null): Promise<StoredChallenge | null> {
    const known = readPrefixedId('chl', id);
    if (known === null) return null;
    const [value] = await this.#store.read([challengeKey(known)]);
    if (!value) return null;
    const text = this.#sealer.open(value, challengeKey(known)).toString();
    const challenge = JSON.parse(text) as Challenge;
    return challenge.v === 1 ? { challenge, value } : null;
  }

  /** The write that stores a challenge, to be committed with others. */
  writeOf(challenge: Challenge): EphemeralWrite {
    const key = challengeKey(challenge.id);
    const value = this.#sealer.seal(Buffer.from(JSON.stringify(challenge)), key);
    const ttlMs = Math.max(0, challenge.expiresAt - this.#clock.now()) + KEPT_AFTER_MS;
    return { kind: 'set', key, value, ttlMs };
  }

  /** `false`: it has changed meanwhile. */
  replace(stored: StoredChallenge, by: Challenge): Promise<boolean> {
    const key = challengeKey(stored.challenge.id);
    return this.#store.commit([this.writeOf(by)], [{ key, expected: stored.value }]);
  }

  /** Changes a challenge until nobody comes between; `change` gives `null` to leave it as it is. */
  async update(
    id: string,
    change: (challenge: Challenge) => Challenge | null,
  ): Promise<Challenge | null> {
    for (;;) {
      const stored = await this.find(id);
      const next = stored && change(stored.challenge);
      if (stored === null || next === null) return null;
      if (await this.replace(stored, next)) return next;
    }
  }

  /** The one that is live for a person, if any. */
  async liveOf(person: PersonId): Promise<StoredChallenge | null> {
    const stored = await this.latestOf(person);
    return stored !== null && isLive(stored.challenge, this.#clock.now()) ? stored : null;
  }

  /** The one that was made last, whatever became of it, as long as it could have lived. */
  async latestOf(person: PersonId): Promise<StoredChallenge | null> {
    const [id] = await this.#store.read([liveKey(person)]);
    return this.find(id ?? null);
  }
}

export const challengeKey = (id: ChallengeId): string => `challenge:${id}`;
export const liveKey = (person: PersonId): string => `challenge-of:${person}`;

export const isLive = ({ state, expiresAt }: Challenge, now: number): boolean =>
  state.kind === 'live' && expiresAt > now;
