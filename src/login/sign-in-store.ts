import type { Clock } from '../kernel/clock.js';
import type { Sealer } from '../keys/sealer.js';
import type {
  EphemeralGuard,
  EphemeralStore,
  EphemeralWrite,
} from '../storage/ephemeral/ephemeral-store.js';
import { keptUntil } from './handed-back.js';
import type { SignInId, SignInRecord } from './sign-in-record.js';

/** A record with the text it was read from: every change is a compare-and-set against it. */
export interface StoredSignIn {
  record: SignInRecord;
  stored: string;
}

export interface Use {
  writes: EphemeralWrite[];
  guards: EphemeralGuard[];
}

export class SignInStore {
  readonly #store: EphemeralStore;
  readonly #sealer: Sealer;
  readonly #clock: Clock;

  constructor(deps: { store: EphemeralStore; sealer: Sealer; clock: Clock }) {
    this.#store = deps.store;
    this.#sealer = deps.sealer;
    this.#clock = deps.clock;
  }

  async create(record: SignInRecord): Promise<void> {
    await this.#store.commit([this.#write(record)], [{ key: key(record.id), expected: null }]);
  }

  async find(id: SignInId): Promise<StoredSignIn | null> {
    const [stored] = await this.#store.read([key(id)]);
    return this.#open(id, stored ?? null);
  }

  /**
   * Replaces the record, and writes what depends on it (a session) in the same step.
   * @param guards what else must be as it was read
   * @returns `false` when somebody was faster
   */
  async replace(
    current: StoredSignIn,
    next: SignInRecord,
    also: readonly EphemeralWrite[] = [],
    guards: readonly EphemeralGuard[] = [],
  ): Promise<boolean> {
    return this.#store.commit(
      [this.#write(next), ...also],
      [{ key: key(next.id), expected: current.stored }, ...guards],
    );
  }

  /** The writes that use a sign-in up, and the guard under which exactly one of parallel callers commits them. */
  using({ record, stored }: StoredSignIn): Use {
    return {
      writes: [{ kind: 'delete', key: key(record.id) }],
      guards: [{ key: key(record.id), expected: stored }],
    };
  }

  async use(current: StoredSignIn): Promise<boolean> {
    const { writes, guards } = this.using(current);
    return this.#store.commit(writes, guards);
  }

  #write(record: SignInRecord): EphemeralWrite {
    const value = this.#sealer.seal(Buffer.from(JSON.stringify(record)), key(record.id));
    const ttlMs = Math.max(1, keptUntil(record) - this.#clock.now());
    return { kind: 'set', key: key(record.id), value, ttlMs, forAnybody: true };
  }

  #open(id: SignInId, stored: string | null): StoredSignIn | null {
    if (stored === null) return null;
    try {
      const record = JSON.parse(this.#sealer.open(stored, key(id)).toString()) as SignInRecord;
      if (record.v !== 1 || keptUntil(record) <= this.#clock.now()) return null;
      return { record, stored };
    } catch {
      // What we did not seal ourselves is no sign-in: the person starts again.
      return null;
    }
  }
}

const key = (id: SignInId) => `signin:${id}`;
