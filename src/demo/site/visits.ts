import type { Request, Response } from 'express';
import { randomToken, type RandomSource } from '../../kernel/random.js';

/** A sign-in that was sent off to Drawbridge and has not come back. */
export interface SentOff {
  state: string;
  nonce: string;
  verifier: string;
}

/** What the service was told about the person who is signed in to it. */
export interface SignedIn {
  idToken: string;
  refreshToken: string | null;
  claims: Readonly<Record<string, unknown>>;
  renewed: boolean;
}

export interface Visit {
  /** Several, because people open several tabs. */
  sentOff: readonly SentOff[];
  signedIn: SignedIn | null;
}

/** More than a demo needs; the oldest go first. */
const MOST = 200;

/** The service's own sessions: a cookie with a random name for what is kept in this process. */
export class Visits {
  readonly #visits = new Map<string, Visit>();
  readonly #service: string;
  readonly #random: RandomSource;

  constructor(service: string, random: RandomSource) {
    this.#service = service;
    this.#random = random;
  }

  of(request: Request): Visit | null {
    return this.#visits.get(this.#idIn(request)) ?? null;
  }

  /** Under a new name each time, so that nobody can know it from before. */
  put(request: Request, response: Response, visit: Visit): void {
    this.#visits.delete(this.#idIn(request));
    const oldest = this.#visits.keys().next();
    if (this.#visits.size >= MOST && oldest.done !== true) this.#visits.delete(oldest.value);
    const id = randomToken(this.#random);
    this.#visits.set(id, visit);
    response.cookie(this.#cookie, id, this.#options);
  }

  end(request: Request, response: Response): void {
    this.#visits.delete(this.#idIn(request));
    response.clearCookie(this.#cookie, this.#options);
  }

  get #cookie(): string {
    return `${this.#service}-visit`;
  }

  get #options() {
    return { httpOnly: true, sameSite: 'lax', path: `/${this.#service}` } as const;
  }

  #idIn(request: Request): string {
    const pairs = (request.headers.cookie ?? '').split(/;\s*/);
    const own = pairs.find((pair) => pair.startsWith(`${this.#cookie}=`));
    return own?.slice(this.#cookie.length + 1) ?? '';
  }
}
