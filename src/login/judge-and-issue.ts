import type { Directory } from '../directory/directory.js';
import type { Person } from '../directory/person.js';
import type { Clock } from '../kernel/clock.js';
import type { Session } from '../sessions/session.js';
import { personOf } from '../sessions/session-person.js';
import type { StoredSession } from '../sessions/session-store.js';
import type { SignInResult } from './sign-in-result.js';
import type { Use } from './sign-in-store.js';

type Completed = Extract<SignInResult, { outcome: 'completed' }>;

/** Somebody with a session, before they are let into a service. */
export interface Entrant {
  session: StoredSession;
  person: Person;
  /** The sign-in that has just given this session, with what uses it up. */
  ended: { result: Completed; use: Use } | null;
  clientAddress: string;
}

/** What a judgement rests on. */
export interface JudgedFacts {
  person: Person;
  session: Session;
  /** The sign-in that has just ended, if it gave this very session. */
  ended: Completed | null;
  clientAddress: string;
  /** Milliseconds since the epoch. */
  now: number;
}

/** How one protocol judges and issues. */
export interface Issuing<Enough extends { verdict: 'sufficient' }, Not extends object, Issued> {
  /** Pure. */
  judge(facts: JudgedFacts): Enough | Not;
  /** `person-changed`: they were not as they were judged any more, and nothing has been issued. */
  issue(person: Person, judged: Enough): Promise<Issued | { outcome: 'person-changed' }>;
}

type Final<Issued> = Exclude<Issued, { outcome: 'person-changed' }>;

/** How often somebody may be changed in between before they are told to come again. */
const MOST_ATTEMPTS = 3;

/**
 * Judges somebody and issues what their service is told; once more when they were changed in between, so that what is issued
 * rests on what holds at that moment.
 * @returns the verdict where it is not enough; `gone`: there is nobody to be judged any more
 */
export async function judgeAndIssue<
  Enough extends { verdict: 'sufficient' },
  Not extends { verdict: string },
  Issued extends { outcome: string },
>(
  deps: { clock: Clock; directory: Pick<Directory, 'find'> },
  { session, person: first, ended, clientAddress }: Entrant,
  { judge, issue }: Issuing<Enough, Not, Issued>,
): Promise<Final<Issued> | Not | { verdict: 'gone' }> {
  let person: Person | null = first;
  for (let attempt = 0; attempt < MOST_ATTEMPTS && person !== null; attempt += 1) {
    const judged = judge({
      person,
      session: session.session,
      ended: ended?.result.session === session.session.id ? ended.result : null,
      clientAddress,
      now: deps.clock.now(),
    });
    if (!isEnough(judged)) return judged;
    const issued = await issue(person, judged);
    if (issued.outcome !== 'person-changed') return issued as Final<Issued>;
    person = await personOf(deps.directory, session);
  }
  return { verdict: 'gone' };
}

function isEnough<Enough extends { verdict: 'sufficient' }, Not extends { verdict: string }>(
  judged: Enough | Not,
): judged is Enough {
  return judged.verdict === 'sufficient';
}
