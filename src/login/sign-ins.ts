import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../kernel/clock.js';
import { newPrefixedId, readPrefixedId } from '../kernel/prefixed-id.js';
import type { RandomSource } from '../kernel/random.js';
import type { Session } from '../sessions/session.js';
import type { SignInCircumstances } from './engine-input.js';
import type { SignInEngine } from './engine.js';
import type { SignInId, SignInRecord } from './sign-in-record.js';
import type { SignInRequest } from './sign-in-request.js';
import type { SignInResult } from './sign-in-result.js';
import type { SignInStore, StoredSignIn, Use } from './sign-in-store.js';

export interface EndedSignIn {
  request: SignInRequest;
  result: SignInResult;
  current: StoredSignIn;
  use: Use;
}

/** How long a person has from opening the page to being signed in. */
export const SIGN_IN_LIFETIME_MS = 15 * 60_000;

/** What protocols use: start a sign-in in a browser, and collect how it ended. */
export class SignIns {
  readonly #deps: { store: SignInStore; engine: SignInEngine; clock: Clock; random: RandomSource };

  constructor(deps: {
    store: SignInStore;
    engine: SignInEngine;
    clock: Clock;
    random: RandomSource;
  }) {
    this.#deps = deps;
  }

  /** @returns the path of ours to send the browser to */
  async begin(
    request: SignInRequest,
    from: {
      browserSecret: string;
      session: Session | null;
      circumstances: SignInCircumstances;
      /** Given by a protocol that must find the sign-in again by an id of its own. */
      id?: SignInId;
    },
  ): Promise<string> {
    const { engine, store } = this.#deps;
    const record = this.newRecord(request, {
      browserHash: hashOf(from.browserSecret),
      session: from.session,
      ...(from.id === undefined ? {} : { id: from.id }),
    });
    await store.create(await engine.start(record, from.circumstances));
    return `/login/${record.id}`;
  }

  newRecord(
    request: SignInRequest,
    from: { browserHash: string | null; session: Session | null; id?: SignInId },
  ): SignInRecord {
    const now = this.#deps.clock.now();
    const joins = request.session === 'join' ? from.session : null;
    return {
      v: 1,
      id: from.id ?? newPrefixedId('sgn', this.#deps.random),
      browserHash: from.browserHash,
      request,
      startedAt: now,
      expiresAt: Math.min(now + SIGN_IN_LIFETIME_MS, request.deadline ?? Infinity),
      session: joins && {
        id: joins.id,
        person: joins.person,
        epoch: joins.epoch,
        events: joins.events,
        credentialsUsed: joins.credentialsUsed,
        startedAt: joins.startedAt,
      },
      person: null,
      mustChangePassword: false,
      events: [],
      enrolled: null,
      failure: null,
      typedUsername: null,
      step: { kind: 'password' },
    };
  }

  /**
   * How a sign-in ended, once, and only to the browser that started it. `null` when there is none, it has not
   * ended yet, another browser asks, or somebody was faster; then the sign-in stays as it is.
   */
  async collect(
    id: SignInId,
    browserSecret: string | null,
  ): Promise<Pick<EndedSignIn, 'request' | 'result'> | null> {
    const { store } = this.#deps;
    const ended = await this.findEnded(id, browserSecret);
    if (ended === null || !(await store.use(ended.current))) return null;
    return { request: ended.request, result: ended.result };
  }

  /** The same for a protocol that commits `use` itself, together with what it issues. */
  async findEnded(id: SignInId, browserSecret: string | null): Promise<EndedSignIn | null> {
    const { store } = this.#deps;
    const current = await store.find(id);
    if (current === null || current.record.step.kind !== 'ended') return null;
    if (!belongsTo(current.record, browserSecret)) return null;
    const { request, step } = current.record;
    return { request, result: step.result, current, use: store.using(current) };
  }
}

/** Was this sign-in started by the browser that holds this secret? */
export function belongsTo(record: SignInRecord, browserSecret: string | null): boolean {
  if (record.browserHash === null || browserSecret === null) return false;
  const kept = Buffer.from(record.browserHash);
  const given = Buffer.from(hashOf(browserSecret));
  return kept.length === given.length && timingSafeEqual(kept, given);
}

export function readSignInId(text: unknown): SignInId | null {
  return readPrefixedId('sgn', text);
}

const hashOf = (secret: string) => createHash('sha256').update(secret).digest('base64url');
