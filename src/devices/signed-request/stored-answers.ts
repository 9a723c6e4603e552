import type { Sealer } from '../../keys/sealer.js';
import type { EphemeralStore } from '../../storage/ephemeral/ephemeral-store.js';
import type { ProfileId } from '../ids.js';
import { deviceLimits } from '../limits.js';
import type { StoredAnswer } from './signed-request.js';

/** The answer to each profile's last request, sealed: some answers are worth stealing. */
export class StoredAnswers {
  readonly #store: EphemeralStore;
  readonly #sealer: Sealer;

  constructor(deps: { store: EphemeralStore; sealer: Sealer }) {
    this.#store = deps.store;
    this.#sealer = deps.sealer;
  }

  async keep(profile: ProfileId, requestHash: string, answer: StoredAnswer): Promise<void> {
    const key = keyOf(profile);
    const kept: Kept = { v: 1, requestHash, answer };
    const value = this.#sealer.seal(Buffer.from(JSON.stringify(kept)), key);
    await this.#store.commit([{ kind: 'set', key, value, ttlMs: deviceLimits.storedAnswerMs }]);
  }

  /** `null`: not made yet, or not there any more. */
  async find(profile: ProfileId, requestHash: string): Promise<StoredAnswer | null> {
    const key = keyOf(profile);
    const [value] = await this.#store.read([key]);
    if (!value) return null;
    const kept = JSON.parse(this.#sealer.open(value, key).toString()) as Kept;
    return kept.v === 1 && kept.requestHash === requestHash ? kept.answer : null;
  }
}

interface Kept {
  v: 1;
  requestHash: string;
  answer: StoredAnswer;
}

const keyOf = (profile: ProfileId): string => `phone-answer:${profile}`;
