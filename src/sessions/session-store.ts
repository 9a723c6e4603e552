import { createHash, timingSafeEqual } from 'node:crypto';
import type { PersonId } from '../directory/person.js';
import type { Clock } from '../kernel/clock.js';
import { newPrefixedId, readPrefixedId } from '../kernel/prefixed-id.js';
import { randomToken, type RandomSource } from '../kernel/random.js';
import type { Sealer } from '../keys/sealer.js';
import type {
  EphemeralGuard,
  EphemeralStore,
  EphemeralWrite,
} from '../storage/ephemeral/ephemeral-store.js';
import type { FactorEvent } from './factor-event.js';
import { credentialsIn } from './credentials-in.js';
import type { Participant, Session, SessionId } from './session.js';

/** Sessions not used for this long end. Both are milliseconds. */
export interface SessionLifetimes {
  idle: number;
  absolute: number;
}

export interface NewSession {
  person: PersonId;
  epoch: number;
  events: readonly FactorEvent[];
  /** What was used before, besides what `events` rest on. */
  credentialsUsed?: readonly string[];
  browser: Session['browser'];
  /** Carried over when a session continues under a new id after a step-up. */
  participants?: Readonly<Record<string, Participant>>;
  startedAt?: number;
  expiresAt?: number;
}

/** A session with the text it was read from, so that a later write can be a compare-and-set. */
export interface StoredSession {
  session: Session;
  stored: string;
}

/** How stale `lastSeenAt` may get before a visit is written down. */
const TOUCH_AFTER_MS = 60_000;

export class SessionStore {
  readonly #store: EphemeralStore;
  readonly #sealer: Sealer;
  readonly #clock: Clock;
  readonly #random: RandomSource;
  readonly #lifetimes: SessionLifetimes;

  constructor(deps: {
    store: EphemeralStore;
    sealer: Sealer;
    clock: Clock;
    random: RandomSource;
    lifetimes: SessionLifetimes;
  }) {
    this.#store = deps.store;
    this.#sealer = deps.sealer;
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.#lifetimes = deps.lifetimes;
  }

  /**
   * A session and its cookie value, not stored yet: the caller commits `writes` together with the record that
   * earned the session, so that one cannot exist without the other.
   */
  prepare(facts: NewSession): { session: Session; cookie: string; writes: EphemeralWrite[] } {
    const now = this.#clock.now();
    const secret = randomToken(this.#random);
    const session: Session = {
      v: 1,
      id: newPrefixedId('ses', this.#random),
      secretHash: hash(secret),
      person: facts.person,
      epoch: facts.epoch,
      startedAt: facts.startedAt ?? now,
      lastSeenAt: now,
      expiresAt: facts.expiresAt ?? now + this.#lifetimes.absolute,
      events: facts.events,
      credentialsUsed: credentialsIn(facts),
      browser: facts.browser,
      participants: facts.participants ?? {},
    };
    const ttlMs = session.expiresAt - now;
    const writes: EphemeralWrite[] = [
      this.#write(session),
      { kind: 'add-member', key: indexKey(session.person), member: session.id, ttlMs },
    ];
    return { session, cookie: `${session.id}.${secret}`, writes };
  }

  /** The key a cookie value points to; `null` when the value is not of our form. */
  keyOf(cookie: string | undefined): string | null {
    const id = readPrefixedId('ses', cookie?.split('.')[0]);
    return id === null ? null : key(id);
  }

  /** Judges what was read under `keyOf(cookie)`: secret, idle and absolute end. The epoch is the caller's check. */
  open(cookie: string, stored: string | null): StoredSession | null {
    if (stored === null) return null;
    const id = readPrefixedId('ses', cookie.split('.')[0]);
    const session = id === null ? null : this.#unseal(id, stored);
    if (session === null) return null;
    const given = Buffer.from(hash(cookie.slice(cookie.indexOf('.') + 1)));
    const kept = Buffer.from(session.secretHash);
    if (given.length !== kept.length || !timingSafeEqual(given, kept)) return null;
    return this.#alive(session) ? { session, stored } : null;
  }

  async find(cookie: string | undefined): Promise<StoredSession | null> {
    const at = this.keyOf(cookie);
    if (at === null || cookie === undefined) return null;
    const [stored] = await this.#store.read([at]);
    return this.open(cookie, stored ?? null);
  }

  async findById(id: SessionId): Promise<StoredSession | null> {
    const [stored] = await this.#store.read([key(id)]);
    const session = stored ? this.#unseal(id, stored) : null;
    return session && stored && this.#alive(session) ? { session, stored } : null;
  }

  /** `null` when the last visit was written down recently enough; else the writes that note this one. */
  touch(current: StoredSession): { writes: EphemeralWrite[]; guards: EphemeralGuard[] } | null {
    if (this.#clock.now() - current.session.lastSeenAt < TOUCH_AFTER_MS) return null;
    return this.change(current, {});
  }

  /** Writes for a changed session; committed under a guard so that a session ended meanwhile stays ended. */
  change(
    current: StoredSession,
    change: Partial<Pick<Session, 'participants'>>,
  ): { session: Session; writes: EphemeralWrite[]; guards: EphemeralGuard[] } {
    const session: Session = { ...current.session, ...change, lastSeenAt: this.#clock.now() };
    return {
      session,
      writes: [this.#write(session)],
      guards: [{ key: key(session.id), expected: current.stored }],
    };
  }

  /** Applies `change` to the newest state of the session, again when somebody else was faster. */
  async update(
    id: SessionId,
    change: (session: Session) => Partial<Pick<Session, 'participants'>>,
  ): Promise<Session | null> {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const current = await this.findById(id);
      if (current === null) return null;
      const next = this.change(current, change(current.session));
      if (await this.#store.commit(next.writes, next.guards)) return next.session;
    }
    return null;
  }

  /** Writes that end a session. */
  removal(session: Session): EphemeralWrite[] {
    return [
      { kind: 'delete', key: key(session.id) },
      { kind: 'remove-member', key: indexKey(session.person), member: session.id },
    ];
  }

  /**
   * Ends a session. What comes back is its last state: it may have entered services since it was read.
   * `null` when it had ended before.
   */
  async end({ id, person }: Pick<Session, 'id' | 'person'>): Promise<Session | null> {
    const stored = await this.#store.take(key(id));
    await this.#store.commit([{ kind: 'remove-member', key: indexKey(person), member: id }]);
    return stored === null ? null : this.#unseal(id, stored);
  }

  async ofPerson(person: PersonId): Promise<Session[]> {
    const ids = await this.#store.members(indexKey(person));
    if (ids.length === 0) return [];
    const values = await this.#store.read(ids.map((id) => `session:${id}`));
    return values.flatMap((stored, index) => {
      const id = readPrefixedId('ses', ids[index]);
      const session = stored && id ? this.#unseal(id, stored) : null;
      return session && this.#alive(session) ? [session] : [];
    });
  }

  #alive(session: Session): boolean {
    const now = this.#clock.now();
    return session.expiresAt > now && session.lastSeenAt + this.#lifetimes.idle > now;
  }

  #write(session: Session): EphemeralWrite {
    const ttlMs = Math.max(
      1,
      Math.min(session.expiresAt - this.#clock.now(), this.#lifetimes.idle + TOUCH_AFTER_MS),
    );
    const value = this.#sealer.seal(Buffer.from(JSON.stringify(session)), key(session.id));
    return { kind: 'set', key: key(session.id), value, ttlMs };
  }

  #unseal(id: SessionId, stored: string): Session | null {
    try {
      const session = JSON.parse(this.#sealer.open(stored, key(id)).toString()) as Session;
      // Without `credentialsUsed`: of an older version, which may run beside this one during an upgrade.
      return session.v === 1 ? { ...session, credentialsUsed: credentialsIn(session) } : null;
    } catch {
      // A record that was not sealed by us is no session.
      return null;
    }
  }
}

const key = (id: SessionId) => `session:${id}`;
const indexKey = (person: PersonId) => `sessions-of:${person}`;
const hash = (secret: string) => createHash('sha256').update(secret).digest('base64url');
