import { createHash } from 'node:crypto';
import type { Clock } from '../kernel/clock.js';
import { randomToken, type RandomSource } from '../kernel/random.js';
import type { Sealer } from '../keys/sealer.js';
import type { EphemeralStore } from '../storage/ephemeral/ephemeral-store.js';
import type { AfterLogout } from './after-logout.js';
import { askedAgain, takeAnswer, type TourRecord } from './tour.js';

/** How long a browser may take to come past everybody. */
export const TOUR_LIFETIME_MS = 10 * 60_000;

/** A tour with the text it was read from, so that a later write can be a compare-and-set. */
export interface StoredTour {
  tour: TourRecord;
  stored: string;
}

export type NewTour = Omit<TourRecord, 'v' | 'browser' | 'expiresAt' | 'over'>;

/** Sealed, so that whoever writes to the store can neither send people elsewhere nor claim that somebody was told. */
export class TourStore {
  readonly #store: EphemeralStore;
  readonly #sealer: Sealer;
  readonly #clock: Clock;
  readonly #random: RandomSource;

  constructor(deps: { store: EphemeralStore; sealer: Sealer; clock: Clock; random: RandomSource }) {
    this.#store = deps.store;
    this.#sealer = deps.sealer;
    this.#clock = deps.clock;
    this.#random = deps.random;
  }

  /** @returns the handle, 22 characters of base64url */
  async begin(facts: NewTour, browserSecret: string): Promise<string> {
    const handle = randomToken(this.#random, 128);
    const expiresAt = this.#clock.now() + TOUR_LIFETIME_MS;
    const tour: TourRecord = {
      v: 1,
      ...facts,
      browser: hash(browserSecret),
      expiresAt,
      over: false,
    };
    const of = keyOfBrowser(browserSecret);
    const value = this.#sealer.seal(Buffer.from(handle), of);
    const pointer = { kind: 'set', key: of, value, ttlMs: TOUR_LIFETIME_MS } as const;
    await this.#store.commit([this.#write(handle, tour), pointer]);
    return handle;
  }

  /**
   * The tour this browser is on, for a logout that finds no session any more because an earlier one has ended it.
   * @param asker key of the participant that asked now
   * @returns its handle; `null` when there is none, or it is over
   */
  async resume(
    browserSecret: string | null,
    after: AfterLogout,
    asker: string | null,
  ): Promise<string | null> {
    if (browserSecret === null) return null;
    const handle = await this.#latestOf(browserSecret);
    if (handle === null) return null;
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const current = await this.find(handle, browserSecret);
      if (current === null || current.tour.over) return null;
      const next = askedAgain(current.tour, after, asker);
      if (await this.change(handle, current, next)) return handle;
    }
    return null;
  }

  /** `null` for what is no tour, over its time, or another browser's. */
  async find(handle: string, browserSecret: string | null): Promise<StoredTour | null> {
    if (browserSecret === null || !isTourHandle(handle)) return null;
    const [stored] = await this.#store.read([keyOf(handle)]);
    const tour = stored ? this.#unseal(handle, stored) : null;
    if (!stored || tour?.browser !== hash(browserSecret)) return null;
    return tour.expiresAt > this.#clock.now() ? { tour, stored } : null;
  }

  /** Whether there is such a tour, whoever's it is: for requests that come without cookies. */
  async exists(handle: string): Promise<boolean> {
    const [stored] = await this.#store.read([keyOf(handle)]);
    return typeof stored === 'string';
  }

  /** `false` when somebody else was faster: read again and decide anew. */
  change(handle: string, current: StoredTour, next: TourRecord): Promise<boolean> {
    const guard = { key: keyOf(handle), expected: current.stored };
    return this.#store.commit([this.#write(handle, next)], [guard]);
  }

  /**
   * Notes what a participant answered.
   * @returns `false` when this browser has no such tour, or nobody of it was asked that
   */
  async answer(
    handle: string,
    browserSecret: string | null,
    answer: { key: string; messageId: string; done: boolean },
  ): Promise<boolean> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const current = await this.find(handle, browserSecret);
      const next = current && takeAnswer(current.tour, answer);
      if (current === null || next === null) return false;
      if (next === current.tour || (await this.change(handle, current, next))) return true;
    }
    return false;
  }

  async #latestOf(browserSecret: string): Promise<string | null> {
    const key = keyOfBrowser(browserSecret);
    const [stored] = await this.#store.read([key]);
    if (!stored) return null;
    try {
      return this.#sealer.open(stored, key).toString();
    } catch {
      // What we did not seal ourselves does not count.
      return null;
    }
  }

  #write(handle: string, tour: TourRecord) {
    const key = keyOf(handle);
    const value = this.#sealer.seal(Buffer.from(JSON.stringify(tour)), key);
    const ttlMs = Math.max(1, tour.expiresAt - this.#clock.now());
    return { kind: 'set', key, value, ttlMs } as const;
  }

  #unseal(handle: string, stored: string): TourRecord | null {
    try {
      const tour = JSON.parse(this.#sealer.open(stored, keyOf(handle)).toString()) as TourRecord;
      return tour.v === 1 ? tour : null;
    } catch {
      // What we did not seal ourselves does not count.
      return null;
    }
  }
}

/** More than a browser has tabs that are at it at once. */
export const MOST_ATTEMPTS = 20;

/** Of the form of a handle of ours, which fits into a path as it is. */
export function isTourHandle(text: string): boolean {
  return /^[A-Za-z0-9_-]{22}$/.test(text);
}

const keyOfBrowser = (secret: string) => `logout-tour-of:${hash(secret)}`;
const keyOf = (handle: string) => `logout-tour:${hash(handle)}`;
const hash = (secret: string) => createHash('sha256').update(secret).digest('base64url');
