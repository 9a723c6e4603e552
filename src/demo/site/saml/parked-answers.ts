import { randomToken, type RandomSource } from '../../../kernel/random.js';
import type { Answer } from './service-provider.js';

/** More than a demo needs; the oldest go first. */
const MOST = 50;

/** An answer, and the sign-in it belongs to. */
export interface ParkedAnswer {
  answer: Answer;
  relayState: string;
}

/**
 * Answers on their way from the POST of another site, which browsers send without this site's cookies, to a page that
 * sees them. Each is found once.
 */
export class ParkedAnswers {
  readonly #parked = new Map<string, ParkedAnswer>();
  readonly #random: RandomSource;

  constructor(random: RandomSource) {
    this.#random = random;
  }

  /** @returns the ticket to find it by */
  put(parked: ParkedAnswer): string {
    const oldest = this.#parked.keys().next();
    if (this.#parked.size >= MOST && oldest.done !== true) this.#parked.delete(oldest.value);
    const ticket = randomToken(this.#random);
    this.#parked.set(ticket, parked);
    return ticket;
  }

  take(ticket: string): ParkedAnswer | null {
    const parked = this.#parked.get(ticket) ?? null;
    this.#parked.delete(ticket);
    return parked;
  }
}
