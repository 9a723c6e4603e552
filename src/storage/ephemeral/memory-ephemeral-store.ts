import type { Clock } from '../../kernel/clock.js';
import { Overloaded } from '../../kernel/errors.js';
import type { EphemeralGuard, EphemeralStore, EphemeralWrite } from './ephemeral-store.js';

type Entry = { bytes: number; expiresAt: number } & (
  { kind: 'text'; value: string } | { kind: 'set'; members: Set<string> }
);

/** Entries looked at per write. Above one, so that expired entries go faster than new ones can come. */
const SWEPT_PER_WRITE = 4;

/** Entries looked at before something is refused: what has expired is no reason. */
const SWEPT_WHEN_FULL = 1_000;
/** What an entry takes besides its text, about. */
const ENTRY_BYTES = 200;
const MEMBER_BYTES = 50;
const DEFAULT_MAX_BYTES = 128 * 1024 * 1024;
/** Above the limit, in parts of it, for what not anybody can have written. */
const RESERVE = 0.25;

/**
 * Short-lived state of a single process. Every method runs to its end without yielding: that is its atomicity.
 * Anonymous requests leave records too, so there is an end to them: with `maxBytes` in memory new records that anybody can
 * have written are refused with `Overloaded`, others (the session that a sign-in ends in, tokens) with a quarter more.
 * Reading, taking, and changing what is there go on.
 */
export function createMemoryEphemeralStore(
  clock: Clock,
  maxBytes = DEFAULT_MAX_BYTES,
): EphemeralStore & { readonly size: number } {
  return new MemoryEphemeralStore(clock, maxBytes);
}

class MemoryEphemeralStore implements EphemeralStore {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #maxBytes: number;
  #sweep = this.#entries.entries();
  #bytes = 0;

  constructor(clock: Clock, maxBytes: number) {
    this.#clock = clock;
    this.#maxBytes = maxBytes;
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
    if (value !== null) this.#delete(key);
    return value;
  }

  async commit(
    writes: readonly EphemeralWrite[],
    guards: readonly EphemeralGuard[] = [],
  ): Promise<boolean> {
    if (guards.some((guard) => this.#text(guard.key) !== guard.expected)) return false;
    this.#makeRoom(writes);
    for (const write of writes) this.#write(write);
    return true;
  }

  async increment(key: string, ttlMs: number): Promise<number> {
    const entry = this.#live(key);
    if (entry === undefined) this.#admit(ENTRY_BYTES + key.length, false);
    const count = (entry?.kind === 'text' ? Number(entry.value) : 0) + 1;
    const expiresAt = entry?.expiresAt ?? this.#clock.now() + ttlMs;
    this.#putText(key, String(count), expiresAt);
    return count;
  }

  async members(key: string): Promise<string[]> {
    const entry = this.#live(key);
    return entry?.kind === 'set' ? [...entry.members] : [];
  }

  async ping(): Promise<void> {}

  async close(): Promise<void> {
    this.#entries.clear();
    this.#bytes = 0;
  }

  #write(write: EphemeralWrite): void {
    switch (write.kind) {
      case 'set': {
        const expiresAt = this.#clock.now() + write.ttlMs;
        return this.#putText(write.key, write.value, expiresAt);
      }
      case 'delete':
        return this.#delete(write.key);
      case 'add-member':
        return this.#addMember(write.key, write.member, write.ttlMs);
      case 'remove-member': {
        const entry = this.#live(write.key);
        if (entry?.kind !== 'set') return;
        if (!entry.members.delete(write.member)) return;
        if (entry.members.size === 0) return this.#delete(write.key);
        const bytes = entry.bytes - MEMBER_BYTES - write.member.length;
        this.#put(write.key, { ...entry, bytes });
      }
    }
  }

  #addMember(key: string, member: string, ttlMs: number): void {
    const entry = this.#live(key);
    const members = entry?.kind === 'set' ? entry.members : new Set<string>();
    const more = members.has(member) ? 0 : MEMBER_BYTES + member.length;
    members.add(member);
    const before = entry?.kind === 'set' ? entry.bytes : ENTRY_BYTES + key.length;
    const expiresAt = Math.max(entry?.expiresAt ?? 0, this.#clock.now() + ttlMs);
    this.#put(key, { kind: 'set', members, bytes: before + more, expiresAt });
  }

  #putText(key: string, value: string, expiresAt: number): void {
    const bytes = ENTRY_BYTES + key.length + value.length;
    this.#put(key, { kind: 'text', value, bytes, expiresAt });
  }

  #put(key: string, entry: Entry): void {
    this.#bytes += entry.bytes - (this.#entries.get(key)?.bytes ?? 0);
    this.#entries.set(key, entry);
    this.#sweepSome(SWEPT_PER_WRITE);
  }

  #delete(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }

  /** @throws Overloaded before anything is written */
  #makeRoom(writes: readonly EphemeralWrite[]): void {
    let [bytes, forAnybody] = [0, false];
    for (const write of writes) {
      if (write.kind !== 'set' || this.#live(write.key) !== undefined) continue;
      bytes += ENTRY_BYTES + write.key.length + write.value.length;
      forAnybody ||= write.forAnybody === true;
    }
    if (bytes > 0) this.#admit(bytes, forAnybody);
  }

  #admit(bytes: number, forAnybody: boolean): void {
    const limit = this.#maxBytes * (forAnybody ? 1 : 1 + RESERVE);
    if (this.#bytes + bytes <= limit) return;
    this.#sweepSome(SWEPT_WHEN_FULL);
    if (this.#bytes + bytes > limit) throw new Overloaded('the memory for short-lived state');
  }

  #text(key: string): string | null {
    const entry = this.#live(key);
    return entry?.kind === 'text' ? entry.value : null;
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expiresAt > this.#clock.now()) return entry;
    this.#delete(key);
    return undefined;
  }

  /**
   * Walks on through the map from where the last write stopped, so that flows nobody finishes are dropped by
   * the flows that follow, without a timer and without ever pausing for the whole map.
   */
  #sweepSome(most: number): void {
    const now = this.#clock.now();
    for (let looked = 0; looked < most; looked += 1) {
      const next = this.#sweep.next();
      if (next.done === true) {
        this.#sweep = this.#entries.entries();
        return;
      }
      const [key, entry] = next.value;
      if (entry.expiresAt <= now) this.#delete(key);
    }
  }
}
