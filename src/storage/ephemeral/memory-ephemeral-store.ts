import type { Clock } from '../../kernel/clock.js';
import type { EphemeralGuard, EphemeralStore, EphemeralWrite } from './ephemeral-store.js';

type Entry =
  | { kind: 'text'; value: string; expiresAt: number }
  | { kind: 'set'; members: Set<string>; expiresAt: number };

/** Entries looked at per write. Above one, so that expired entries go faster than new ones can come. */
const SWEPT_PER_WRITE = 4;

/** Short-lived state of a single process. Every method runs to its end without yielding: that is its atomicity. */
export function createMemoryEphemeralStore(
  clock: Clock,
): EphemeralStore & { readonly size: number } {
  return new MemoryEphemeralStore(clock);
}

class MemoryEphemeralStore implements EphemeralStore {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  #sweep = this.#entries.entries();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Entries in memory, expired ones that were not swept yet included. */
  get size(): number {
    return this.#entries.size;
  }

  async read(keys: readonly string[]): Promise<(string | null)[]> {
    return keys.map((key) => this.#text(key));
  }

  async take(key: string): Promise<string | null> {
    const value = this.#text(key);
    if (value !== null) this.#entries.delete(key);
    return value;
  }

  async commit(
    writes: readonly EphemeralWrite[],
    guards: readonly EphemeralGuard[] = [],
  ): Promise<boolean> {
    if (guards.some((guard) => this.#text(guard.key) !== guard.expected)) return false;
    for (const write of writes) this.#write(write);
    return true;
  }

  async increment(key: string, ttlMs: number): Promise<number> {
    const entry = this.#live(key);
    const count = (entry?.kind === 'text' ? Number(entry.value) : 0) + 1;
    const expiresAt = entry?.expiresAt ?? this.#clock.now() + ttlMs;
    this.#put(key, { kind: 'text', value: String(count), expiresAt });
    return count;
  }

  async members(key: string): Promise<string[]> {
    const entry = this.#live(key);
    return entry?.kind === 'set' ? [...entry.members] : [];
  }

  async ping(): Promise<void> {}

  async close(): Promise<void> {
    this.#entries.clear();
  }

  #write(write: EphemeralWrite): void {
    switch (write.kind) {
      case 'set': {
        const expiresAt = this.#clock.now() + write.ttlMs;
        return this.#put(write.key, { kind: 'text', value: write.value, expiresAt });
      }
      case 'delete':
        this.#entries.delete(write.key);
        return;
      case 'add-member':
        return this.#addMember(write.key, write.member, write.ttlMs);
      case 'remove-member': {
        const entry = this.#live(write.key);
        if (entry?.kind !== 'set') return;
        entry.members.delete(write.member);
        if (entry.members.size === 0) this.#entries.delete(write.key);
      }
    }
  }

  #addMember(key: string, member: string, ttlMs: number): void {
    const entry = this.#live(key);
    const members = entry?.kind === 'set' ? entry.members : new Set<string>();
    members.add(member);
    const expiresAt = Math.max(entry?.expiresAt ?? 0, this.#clock.now() + ttlMs);
    this.#put(key, { kind: 'set', members, expiresAt });
  }

  #put(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#sweepSome();
  }

  #text(key: string): string | null {
    const entry = this.#live(key);
    return entry?.kind === 'text' ? entry.value : null;
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expiresAt > this.#clock.now()) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  /**
   * Walks on through the map from where the last write stopped, so that flows nobody finishes are dropped by
   * the flows that follow, without a timer and without ever pausing for the whole map.
   */
  #sweepSome(): void {
    const now = this.#clock.now();
    for (let looked = 0; looked < SWEPT_PER_WRITE; looked += 1) {
      const next = this.#sweep.next();
      if (next.done === true) {
        this.#sweep = this.#entries.entries();
        return;
      }
      const [key, entry] = next.value;
      if (entry.expiresAt <= now) this.#entries.delete(key);
    }
  }
}
