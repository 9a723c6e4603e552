import type { PersonId } from '../directory/person.js';
import type { FactorEvent } from './factor-event.js';
import type { PrefixedId } from '../kernel/prefixed-id.js';

/** Public handle of a session (lists, logout, OIDC `sid` derivation). Not a secret; the cookie holds another value. */
export type SessionId = PrefixedId<'ses'>;

/**
 * A sign-on session: exists only once a sign-in has fulfilled its policy. Serves all protocols.
 * Lives in the ephemeral store under its id; the cookie's secret is stored as SHA-256.
 */
export interface Session {
  v: 1;
  id: SessionId;
  secretHash: string;
  person: PersonId;
  /** The person's epoch at sign-in; the session is void when the person's is higher. */
  epoch: number;
  startedAt: number;
  lastSeenAt: number;
  /** Absolute end, whatever the activity. */
  expiresAt: number;
  events: readonly FactorEvent[];
  /**
   * Every credential that was ever used in it, also where a newer proof by the same factor has taken the place of its own.
   * When one of them ends with what it opened, so does the session.
   */
  credentialsUsed: readonly string[];
  browser: { userAgent: string; address: string };
  /** Whom to tell at logout, keyed `<protocol>:<relying party>`. */
  participants: Readonly<Record<string, Participant>>;
}

export interface Participant {
  protocol: string;
  relyingParty: string;
  since: number;
  /** What the protocol needs at logout (sid, grant, SessionIndex …). */
  state: Readonly<Record<string, string | number | boolean | null>>;
}
