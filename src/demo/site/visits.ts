import type { Request, Response } from 'express';
import { randomToken, type RandomSource } from '../../kernel/random.js';

/** One browser's visit to a service. */
export interface Visit<SentOff, SignedIn> {
  /** Sign-ins on their way; several, because people open several tabs. */
  sentOff: readonly SentOff[];
  signedIn: SignedIn | null;
}

/** Sign-ins of one browser that may be under way. */
const AT_ONCE = 5;

/** More than a demo needs; the oldest go first. */
const MOST = 200;

/** The service's own sessions: a cookie with a random name for what is kept in this process. */
export class Visits<SentOff, SignedIn> {
  readonly #visits = new Map<string, Visit<SentOff, SignedIn>>();
  readonly #service: string;
  readonly #random: RandomSource;

  constructor(service: string, random: RandomSource) {
    this.#service = service;
    this.#random = random;
  }

  of(request: Request): Visit<SentOff, SignedIn> | null {
    return this.#visits.get(this.#idIn(request)) ?? null;
  }

  /** Under a new name each time, so that nobody can know it from before. */
  put(request: Request, response: Response, visit: Visit<SentOff, SignedIn>): void {
    this.#visits.delete(this.#idIn(request));
    const oldest = this.#visits.keys().next();
    if (this.#visits.size >= MOST && oldest.done !== true) this.#visits.delete(oldest.value);
    const id = randomToken(this.#random);
    this.#visits.set(id, visit);
    response.cookie(this.#cookie, id, this.#options);
  }

  sendOff(request: Request, response: Response, sentOff: SentOff): void {
    const visit = this.of(request);
    this.put(request, response, {
      sentOff: [...(visit?.sentOff ?? []).slice(1 - AT_ONCE), sentOff],
      signedIn: visit?.signedIn ?? null,
    });
  }

  end(request: Request, response: Response): void {
    this.#visits.delete(this.#idIn(request));
    response.clearCookie(this.#cookie, this.#options);
  }

  /** Signs people out whose browser is not asking. */
  endAll(isMeant: (person: SignedIn) => boolean): void {
    for (const [id, { signedIn }] of this.#visits) {
      if (signedIn !== null && isMeant(signedIn)) this.#visits.delete(id);
    }
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
