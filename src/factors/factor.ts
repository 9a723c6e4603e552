import type { RawBuilder } from 'kysely';
import type { AuditEvent } from '../audit/audit-event.js';
import type { FailureReason } from '../audit/failure-reasons.js';
import type { Person } from '../directory/person.js';
import type { FactorEvent, FactorCategory } from '../sessions/factor-event.js';

/**
 * A second factor. It knows no sign-in and no HTTP: the caller keeps its state (JSON) in the sign-in record,
 * shows the page it names and hands it what the person typed. `server/` registers the factors.
 */
export interface Factor {
  /** Unique, `[a-z-]+`; also the name in policies and audit rows. */
  readonly name: string;
  readonly category: FactorCategory;
  /**
   * Can a person sign in with this factor alone after the password as ordinary second factor (`otp`, `push`),
   * or is it the way out when those are lost (`recovery-code`)?
   */
  readonly use: 'ordinary' | 'fallback';

  /** Of several ordinary factors, asked without a question; the others stay one button away. */
  readonly askedFirst?: true;

  /** What the person has enrolled; empty when nothing. One round trip at the most. */
  enrolments(person: Person): Promise<readonly Enrolment[]>;

  /** Is anything enrolled? A condition inside a statement, so that several factors are asked in one round trip. */
  hasEnrolment?(person: Pick<Person, 'id'>): RawBuilder<boolean>;

  /**
   * Why somebody who can use nothing is not somebody who never had a second factor, whose password alone is enough to set one
   * up or to choose a new password: what they had is only out of use, and whoever has the password may have seen to that.
   * `null`: they never had any, it was taken from them, or it can be used.
   */
  outOfUse?(person: Pick<Person, 'id'>): Promise<FailureReason | null>;

  /** Starts asking; again when the person chooses this factor anew. */
  begin(
    person: Person,
    enrolments: readonly Enrolment[],
    context: FactorContext,
  ): Promise<FactorPrompt>;

  /**
   * Judges an answer. Counts the attempt before verifying; consumes what was used in one atomic operation.
   * `audit` is the event to write with the consumption when the answer is right.
   */
  answer(
    person: Person,
    state: FactorState,
    input: FactorInput,
    context: FactorContext,
  ): Promise<FactorVerdict>;

  /** Present when the proof arrives by another way than the page's form. */
  readonly elsewhere?: AnsweredElsewhere;

  /** Absent when the factor cannot be set up during a sign-in. */
  readonly enrolment?: FactorEnrolment;
}

/**
 * For a factor that is answered on another device while the page waits. The host looks whenever the page is loaded, so
 * that waiting works without script; a refusal is shown once, and then the person has to do something.
 */
export interface AnsweredElsewhere {
  /**
   * Has it been answered? As `answer`: of parallel callers one uses the proof up; the others get `waiting`, and find the
   * sign-in moved on.
   */
  look(
    person: Person,
    state: FactorState,
    context: FactorContext,
  ): Promise<FactorVerdict | { kind: 'waiting' }>;
  /**
   * Calls when looking again is worth it, also at once when it has been answered before: a page that is loaded at each call
   * must not be loaded for nothing. Calls may get lost, so hosts look now and then as well.
   */
  watch(state: FactorState, listener: () => void): Promise<{ stop(): void }>;
  /** The person cancelled or took another way: nothing is to be answered any more. */
  leave(state: FactorState): Promise<void>;
}

export interface FactorEnrolment {
  /** Of several that can be set up, shown without a question; the others stay one button away. */
  readonly askedFirst?: true;
  /** A new secret, shown but not stored durably yet; `state` (sealed where secret) goes into the record. */
  begin(person: Person, issuerName: string, context: FactorContext): Promise<FactorPrompt>;
  /** Stores the credential when the proof is right. The proof counts as a use of the factor. */
  complete(
    person: Person,
    state: FactorState,
    input: FactorInput,
    context: FactorContext,
  ): Promise<FactorVerdict>;
  /** Present when a part of it is done on another device while the page waits. */
  readonly elsewhere?: EnrolledElsewhere;
}

/** The page shows how far it is each time it is loaded, so that waiting works without script. */
export interface EnrolledElsewhere {
  /** What is to be shown now; the very prompt that was given when that is still so. */
  look(person: Person, prompt: FactorPrompt): Promise<FactorPrompt>;
  /** As `AnsweredElsewhere.watch`. */
  watch(state: FactorState, listener: () => void): Promise<{ stop(): void }>;
  /** The person cancelled or took another way: nothing can be finished with this any more. */
  leave(person: Person, state: FactorState): Promise<void>;
  /** Has the enrolment that was begun with this been completed? */
  isDone(person: Person, state: FactorState): Promise<boolean>;
}

export interface Enrolment {
  id: string;
  label: string;
  createdAt: number;
  lastUsedAt: number | null;
}

/** JSON that the factor understands and nobody else reads. */
export type FactorState = { readonly [name: string]: string | number | boolean | null };

/** Form fields by name, single strings only. */
export type FactorInput = Readonly<Record<string, string>>;

export interface FactorContext {
  clientAddress: string;
  /** The sign-in's relying party, for audit rows. */
  relyingParty: string;
  /** Absent where no sign-in is under way (account pages). */
  signIn?: {
    id: string;
    /** What people call the relying party; empty for our own pages. */
    service: string;
    userAgent: string;
    /** This browser signed this person in before. */
    knownBrowser: boolean;
  };
  /**
   * What acceptance would mean, when it would complete the sign-in, by the credential that proves it. A factor that can
   * writes this row in the very statement that uses its proof up, if the person is in force then (`directory/in-force.ts`), and says so in the
   * verdict.
   */
  onAcceptance?: (credential: string) => AuditEvent;
  /**
   * For an enrolment in the middle of a sign-in: only while the person has no factor of this kind. Where one exists
   * by now, it must be proved and not added to.
   */
  firstOnly?: true;
}

/** What to show: a template below `views/` (or an absolute path) and its values. */
export interface FactorPrompt {
  state: FactorState;
  view: { template: string; model: Readonly<Record<string, unknown>> };
}

export type FactorVerdict =
  | {
      kind: 'accepted';
      event: FactorEvent;
      /** `onAcceptance` has been written. */
      recorded?: true;
    }
  | {
      kind: 'refused';
      reason: FailureReason;
      /** The sign-in cannot go on by any other way either. */
      ends?: true;
      /** Nothing that the person could use it with is left: it was taken away, or locked, since they were asked. */
      gone?: true;
      /** The person themselves said no. */
      declined?: true;
      /** Milliseconds since the epoch, when this factor is locked. */
      lockedUntil?: number;
    };
