import type { Participant, Session } from '../sessions/session.js';

/** Where a browser is sent with a message. */
export type BrowserVisit =
  | { kind: 'redirect'; url: string }
  | { kind: 'post'; action: string; fields: Readonly<Record<string, string>> };

/** Where a visited participant must bring the browser back to, in its protocol's own way. */
export interface Tour {
  /** Opaque, 22 characters of base64url: fits a RelayState. */
  handle: string;
  /** The participant's key in the session. */
  participant: string;
}

/** What a protocol whose participants only a browser can tell knows to do; registered per protocol by `server/`. */
export interface BrowserVisitor {
  /** The URL the browser would be sent to, without the message; `null` when the participant cannot be told after all. */
  addressOf(participant: Participant): string | null;
  /** Whether one message can tell of both: the same service in two sessions that it knows the person by one name in. */
  areOne(one: Participant, other: Participant): boolean;
  /** Whether it may well keep the browser: then everybody else is told before. Left out: no. */
  comesLast?(participant: Participant): boolean;
  /**
   * Makes the message that tells that sessions are over.
   * @param participants at least one; all are one by `areOne`
   * @returns `null` when it cannot be told after all
   */
  visit(
    participants: readonly [Participant, ...Participant[]],
    person: Session['person'],
    tour: Tour,
  ): Promise<{ visit: BrowserVisit; messageId: string } | null>;
}
