import type { Clock } from '../kernel/clock.js';
import type { RandomSource } from '../kernel/random.js';
import type { ChangeFeed } from '../storage/sql/change-feed.js';
import { followChanges, type FollowedChanges } from '../storage/sql/follow-changes.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';
import type { KeyKind } from './generate-key.js';
import type { KeyAudit } from './key-audit.js';
import { keyPurposes } from './key-purposes.js';
import { keyFingerprint, nextKeyChange, publishedKeys } from './key-state.js';
import type { KeyPurpose, KeyStore, SigningKey } from './key-store.js';
import { openKey } from './key-rows.js';
import { KeyWriter } from './key-writer.js';
import type { Sealer } from './sealer.js';

/** How long what an old key has signed must stay verifiable, where the caller does not say. */
const defaultOverlapMs = 24 * 60 * 60_000;

const purposesAtStart: readonly KeyPurpose[] = ['oidc', 'saml', 'saml-encryption'];

/** A key that was stolen must not stay in use for an announcement that was missed. */
const readAgainMs = 60_000;

/** Timers take no more than this. */
const longestTimer = 2 ** 31 - 1;

export interface KeyStoreDeps {
  database: SqlDatabase;
  sealer: Sealer;
  clock: Clock;
  random: RandomSource;
  audit: KeyAudit;
  /** Subscribes to what other processes change; `ChangeFeed` fits. */
  changeFeed?: Pick<ChangeFeed, 'subscribe'>;
  /** An `onChange` listener failed; the others are called. Or announced keys were not read, which is tried again. */
  onError?: (error: unknown) => void;
}

export interface ManagedKeyStore extends KeyStore {
  /**
   * Makes keys for these purposes where there are none, those for OIDC and SAML unless told otherwise, and loads all
   * keys. Call at start, when the issuer has its row: certificates are made out to its entity id.
   */
  ensureKeys(issuer: string, purposes?: readonly KeyPurpose[]): Promise<void>;

  /**
   * Publishes the next key; it signs after the lead, and the old one is gone after the overlap behind that. Returns
   * the next key's kid; while one is waiting, that one's.
   * @throws RangeError when the lead is shorter than those who know our keys may keep them (`keyPurposes`), or the
   *   purpose has no keys of the algorithm
   */
  rotate(
    issuer: string,
    purpose: KeyPurpose,
    algorithm: SigningKey['algorithm'],
    times: { publishLeadMs: number; overlapMs?: number },
  ): Promise<string>;

  /** For a stolen key: a new one signs at once and the old ones are gone. Returns the new kid. */
  emergencyRotate(
    issuer: string,
    purpose: KeyPurpose,
    algorithm: SigningKey['algorithm'],
  ): Promise<string>;

  /** Reads the keys again; what is known already is not decrypted again. */
  refresh(): Promise<void>;

  close(): void;
}

export function createKeyStore(deps: KeyStoreDeps): ManagedKeyStore {
  return new SqlKeyStore(deps);
}

class SqlKeyStore implements ManagedKeyStore {
  readonly #deps: KeyStoreDeps;
  readonly #writer: KeyWriter;
  readonly #listeners = new Set<() => void>();
  readonly #followed: FollowedChanges;
  #keys: readonly SigningKey[] = [];
  #told = '';
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(deps: KeyStoreDeps) {
    this.#deps = deps;
    this.#writer = new KeyWriter(deps);
    this.#followed = followChanges({
      changeFeed: deps.changeFeed ?? untold,
      topic: 'keys',
      load: () => this.#load(),
      onError: (error) => deps.onError?.(error),
      ...(deps.changeFeed === undefined ? {} : { everyMs: readAgainMs }),
    });
  }

  keys(issuer: string, purpose: KeyPurpose): readonly SigningKey[] {
    return publishedKeys(this.#keys, issuer, purpose, this.#deps.clock.now());
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async ensureKeys(issuer: string, purposes = purposesAtStart): Promise<void> {
    const wanted = purposes.flatMap((purpose) =>
      keyPurposes[purpose].algorithms.map((algorithm) => ({ purpose, algorithm })),
    );
    await this.#writer.ensure(issuer, wanted);
    await this.refresh();
  }

  async rotate(
    issuer: string,
    purpose: KeyPurpose,
    algorithm: SigningKey['algorithm'],
    times: { publishLeadMs: number; overlapMs?: number },
  ): Promise<string> {
    const { publishLeadMs, overlapMs = defaultOverlapMs } = times;
    const kind = existingKind(purpose, algorithm);
    const { shortestLeadMs } = keyPurposes[purpose];
    if (publishLeadMs < shortestLeadMs) {
      throw new RangeError(`a key is published at least ${shortestLeadMs} ms before it is used`);
    }
    const kid = await this.#writer.rotate(issuer, kind, { publishLeadMs, overlapMs });
    await this.refresh();
    return kid;
  }

  async emergencyRotate(
    issuer: string,
    purpose: KeyPurpose,
    algorithm: SigningKey['algorithm'],
  ): Promise<string> {
    const kid = await this.#writer.replaceNow(issuer, existingKind(purpose, algorithm));
    await this.refresh();
    return kid;
  }

  refresh(): Promise<void> {
    return this.#followed.refresh();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#followed.close();
    this.#listeners.clear();
  }

  async #load(): Promise<void> {
    const { database, clock, sealer } = this.#deps;
    const now = clock.now();
    const rows = await database.db
      .selectFrom('signing_keys')
      .selectAll()
      .where((where) => where.or([where('retire_at', 'is', null), where('retire_at', '>', now)]))
      .execute();
    const known = new Map(this.#keys.map((key) => [key.kid, key]));
    this.#keys = rows.map((row) => {
      const key = known.get(row.kid);
      if (key === undefined) return openKey(row, sealer);
      return { ...key, useFrom: row.use_from, retireAt: row.retire_at };
    });
    this.#tell();
  }

  /** Tells the listeners when something real has changed, and comes back when time will change something. */
  #tell(): void {
    if (this.#closed) return;
    const now = this.#deps.clock.now();
    const fingerprint = keyFingerprint(this.#keys, now);
    if (fingerprint !== this.#told) {
      this.#told = fingerprint;
      for (const listener of [...this.#listeners]) this.#call(listener);
    }
    const next = nextKeyChange(this.#keys, now);
    clearTimeout(this.#timer);
    if (next === null) return;
    this.#timer = setTimeout(() => this.#tell(), Math.min(next - now, longestTimer)).unref();
  }

  #call(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#deps.onError?.(error);
    }
  }
}

/** For programs that end before anybody else could change a key. */
const untold: NonNullable<KeyStoreDeps['changeFeed']> = { subscribe: () => () => undefined };

function existingKind(purpose: KeyPurpose, algorithm: SigningKey['algorithm']): KeyKind {
  if (keyPurposes[purpose].algorithms.includes(algorithm)) return { purpose, algorithm };
  throw new RangeError(`${purpose} has no keys for ${algorithm}`);
}
