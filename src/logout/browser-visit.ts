import type { Participant, Session } from '../sessions/session.js';

/** A participant that can only be told by way of the browser: where it is sent, and how it comes back. */
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

/**
 * Makes the message that tells a participant that the session is over; registered per protocol by `server/`. `null`
 * when it cannot be told after all.
 */
export type BrowserVisitor = (
  participant: Participant,
  session: Pick<Session, 'id' | 'person'>,
  tour: Tour,
) => Promise<{ visit: BrowserVisit; messageId: string } | null>;
