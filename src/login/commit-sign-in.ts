import { isDeepStrictEqual } from 'node:util';
import type { Request, Response } from 'express';
import type { Sealer } from '../keys/sealer.js';
import type { Session } from '../sessions/session.js';
import { isCurrent } from '../sessions/session-person.js';
import type { SessionStore, StoredSession } from '../sessions/session-store.js';
import type { Cookies } from '../web/cookies.js';
import type { SignInCircumstances } from './engine-input.js';
import { rememberPerson } from './known-browser.js';
import { sessionOfSignIn } from './session-of-sign-in.js';
import type { SignInRecord } from './sign-in-record.js';
import type { SignInResult } from './sign-in-result.js';
import type { SignInStore, StoredSignIn } from './sign-in-store.js';

export interface CommitDeps {
  store: SignInStore;
  sessions: SessionStore;
  currentSession: (request: Request) => Promise<StoredSession | null>;
  /** Ends a session whose place another person's takes, participants included. */
  endSession: (session: Session) => Promise<unknown>;
  cookies: Cookies;
  sealer: Sealer;
}

type Completed = Extract<SignInResult, { outcome: 'completed' }>;

/**
 * As `commitSignIn`. What was proved also stands when a refusal came between (a second click on the same button, a
 * wrong answer in another tab): a code that is used up must not be used up for nothing.
 */
export async function commitProof(
  deps: CommitDeps,
  browser: { request: Request; response: Response; at: SignInCircumstances },
  what: { current: StoredSignIn; next: SignInRecord; session: StoredSession | null },
): Promise<boolean> {
  if (await commitSignIn(deps, browser, what)) return true;
  if (what.next.failure !== null) return false;
  const now = await deps.store.find(what.next.id);
  if (now === null || !differInRefusalOnly(now.record, what.current.record)) return false;
  return commitSignIn(deps, browser, { ...what, current: now });
}

function differInRefusalOnly(one: SignInRecord, other: SignInRecord): boolean {
  const without = (record: SignInRecord) => ({ ...record, failure: null, typedUsername: null });
  return isDeepStrictEqual(without(one), without(other));
}

/**
 * Stores the next record; when it completes a sign-in, its session is born in the same atomic step.
 * @param what.session the session in whose light `next` was judged
 * @returns `false` when somebody was faster, or the session that the result rests on was ended meanwhile
 */
async function commitSignIn(
  deps: CommitDeps,
  browser: { request: Request; response: Response; at: SignInCircumstances },
  what: { current: StoredSignIn; next: SignInRecord; session: StoredSession | null },
): Promise<boolean> {
  const { current, next } = what;
  const { step } = next;
  if (
    step.kind !== 'ended' ||
    step.result.outcome !== 'completed' ||
    next.request.session === 'isolated'
  ) {
    return deps.store.replace(current, next);
  }
  let old = what.session;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const cookie = await giveBirth(deps, browser.at, { current, next, result: step.result, old });
    if (cookie !== null) {
      const { person } = step.result;
      if (old !== null && !isCurrent(old.session, person)) await deps.endSession(old.session);
      const known = rememberPerson(deps.sealer, browser.at.knownBrowserOf, person.id);
      deps.cookies.set(browser.response, 'session', cookie);
      deps.cookies.set(browser.response, 'known', known);
      const method = ordinaryFactorOf(next);
      if (method !== null) deps.cookies.set(browser.response, 'method', method);
      return true;
    }
    const now = await deps.currentSession(browser.request);
    // The session is as it was, so it is the sign-in that somebody else has advanced.
    if (now?.stored === old?.stored) return false;
    if (restsOnSession(next, step.result) && now?.session.id !== old?.session.id) return false;
    old = now;
  }
  return false;
}

/**
 * The new session in place of the old one of the same person. What the old one knew is carried over, so it must be
 * unchanged at that moment: neither ended nor with participants that would be forgotten.
 * @returns the cookie; `null` when something had changed
 */
async function giveBirth(
  deps: CommitDeps,
  at: SignInCircumstances,
  of: { current: StoredSignIn; next: SignInRecord; result: Completed; old: StoredSession | null },
): Promise<string | null> {
  const { current, next, result, old } = of;
  const browser = { userAgent: at.userAgent, address: at.clientAddress };
  const born = deps.sessions.prepare(sessionOfSignIn(next, result, old?.session ?? null, browser));
  const replaced = old !== null && isCurrent(old.session, result.person) ? old : null;
  const ended = { ...result, session: born.session.id };
  const done = await deps.store.replace(
    current,
    { ...next, step: { kind: 'ended', result: ended } },
    [...born.writes, ...(replaced === null ? [] : deps.sessions.removal(replaced.session))],
    replaced === null ? [] : deps.sessions.change(replaced, {}).guards,
  );
  return done ? born.cookie : null;
}

/** A recovery code is for once; nobody wants to be asked for one again. */
function ordinaryFactorOf({ events, enrolled }: SignInRecord): string | null {
  const used = events.at(-1)?.factor;
  const entry = enrolled?.find(({ factor }) => factor === used);
  return entry?.use === 'ordinary' ? entry.factor : null;
}

function restsOnSession({ session }: SignInRecord, { events }: Completed): boolean {
  return session !== null && events.some((event) => session.events.includes(event));
}

/** A session changes when its browser enters a service elsewhere; that often at once no browser does. */
const MOST_ATTEMPTS = 5;
