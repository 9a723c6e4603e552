import type { ProfileStore } from '../profiles/profile-store.js';
import type { StoredProfile } from '../profiles/stored-profile.js';
import { fetchOnce, readReply, type Fetch, type OutgoingRequest, type Reply } from './exchange.js';
import { nextStep, type Outcome } from './next-step.js';
import { ProfileGone, RequestFailed } from './request-failed.js';
import { lastIatAfterClockError, nextIat, offsetFrom } from './server-time.js';
import { signRequest } from './sign-request.js';

export interface SignedCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Of `apiPaths`. */
  path: string;
  /** Made anew for each `seq`, because answers have it in what is signed. */
  body?: (seq: number, profile: StoredProfile) => Promise<object> | object;
  /** How long a lost answer is asked for again, in milliseconds. */
  patienceMs?: number;
  /** It may be carried out twice. */
  repeatable?: boolean;
}

export interface SignedRequests {
  /** @throws RequestFailed @throws ProfileGone after a 410, when the profile has been wiped */
  send<T>(profile: string, call: SignedCall): Promise<T>;
  /** A stream's answer as soon as its headers are there. @throws as `send` */
  open(profile: string, path: string, signal: AbortSignal): Promise<Response>;
}

export interface SignedRequestDeps {
  store: Pick<ProfileStore, 'get' | 'change'>;
  fetch: Fetch;
  now: () => number;
  wait: (ms: number) => Promise<void>;
  /** Over all windows. */
  withLock: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /** Absolute address of a path of ours. */
  absolute: (path: string) => string;
  /** The server no longer knows the profile: delete it. */
  wipe: (profile: string) => Promise<void>;
}

const answerWithinMs = 10_000;

export function createSignedRequests(deps: SignedRequestDeps): SignedRequests {
  const { store, now } = deps;

  /** `seq` and `iat` are on disk before anything is signed with them. */
  async function take(id: string): Promise<StoredProfile> {
    const taken = await store.change(id, (profile) => ({
      seq: profile.seq + 1,
      lastIat: nextIat(profile, now()),
    }));
    if (taken === null) throw new ProfileGone();
    return taken;
  }

  async function learn(id: string, reply: Reply, sent: number): Promise<void> {
    const { error } = reply;
    const time = error?.time ?? (reply.body as { time?: unknown } | null)?.time;
    if (typeof time !== 'number') return;
    const offset = offsetFrom(time, sent, now());
    await store.change(id, () =>
      error?.error === 'clock'
        ? { offset, lastIat: lastIatAfterClockError(error.after) }
        : { offset },
    );
  }

  /** Sends until there is an answer or no hope, under the profile's lock. */
  async function converse<T>(
    id: string,
    call: SignedCall & { accept?: string },
    exchange: (request: OutgoingRequest) => Promise<{ reply: Reply; result: T }>,
  ): Promise<T> {
    const started = now();
    const { patienceMs = 4_000, repeatable = call.method === 'GET' } = call;
    let signed = 0;
    for (;;) {
      const profile = await take(id);
      const request = await signRequest(profile, {
        method: call.method,
        url: deps.absolute(call.path),
        body: (await call.body?.(profile.seq, profile)) ?? null,
        ...(call.accept === undefined ? {} : { accept: call.accept }),
      });
      signed += 1;
      for (let sent = 1; ; sent += 1) {
        const outcome = await attempt(id, request, exchange);
        if (outcome.kind === 'answer' && outcome.error === null) return outcome.result;
        if (outcome.kind === 'answer' && outcome.error === 'revoked') {
          await deps.wipe(id);
          throw new ProfileGone();
        }
        const effort = { sent, signed, elapsedMs: now() - started, patienceMs, repeatable };
        const next = nextStep(outcome, effort);
        if (next.kind === 'done') throw failureOf(outcome);
        await deps.wait(next.afterMs);
        if (next.kind === 'anew') break;
      }
    }
  }

  async function attempt<T>(
    id: string,
    request: OutgoingRequest,
    exchange: (request: OutgoingRequest) => Promise<{ reply: Reply; result: T }>,
  ): Promise<Attempt<T>> {
    const sent = now();
    let answer: { reply: Reply; result: T };
    try {
      answer = await exchange(request);
    } catch {
      return { kind: 'lost' };
    }
    const { reply, result } = answer;
    await learn(id, reply, sent);
    const { status, error, retryAfterMs } = reply;
    return { kind: 'answer', status, error: error?.error ?? null, retryAfterMs, reply, result };
  }

  const lockOf = (id: string) => `drawbridge-authenticator:${id}`;

  return {
    send: <T>(id: string, call: SignedCall) =>
      deps.withLock(lockOf(id), () =>
        converse<T>(id, call, async (request) => {
          const response = await fetchOnce(
            deps.fetch,
            request,
            AbortSignal.timeout(answerWithinMs),
          );
          const reply = await readReply(response);
          return { reply, result: reply.body as T };
        }),
      ),
    open: (id, path, signal) =>
      deps.withLock(lockOf(id), () =>
        converse(
          id,
          { method: 'GET', path, accept: 'text/event-stream', patienceMs: 0 },
          async (request) => {
            const response = await fetchOnce(deps.fetch, request, signal);
            const reply: Reply = response.ok
              ? { status: response.status, body: null, error: null, retryAfterMs: null }
              : await readReply(response);
            return { reply, result: response };
          },
        ),
      ),
  };
}

type Attempt<T> = { kind: 'lost' } | (Outcome & { kind: 'answer'; reply: Reply; result: T });

const failureOf = (outcome: Attempt<unknown>): RequestFailed =>
  outcome.kind === 'lost'
    ? new RequestFailed(null)
    : new RequestFailed(outcome.reply.error, outcome.retryAfterMs);
