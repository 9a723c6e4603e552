import type { PersonId } from '../directory/person.js';
import type { Queryable } from '../storage/sql/sql-database.js';

/**
 * What devices need of one-time codes, which `factors/otp` owns and `server/` hands in: a profile's code secret becomes an ordinary
 * credential (SHA-1, 6 digits, 30 seconds), with the strikes, drift and replay memory that all have.
 */
export interface CodeCredentials {
  /** A new credential id, and the secret sealed for it. Nothing is stored. */
  prepare(secret: Uint8Array): { id: string; sealed: string };
  /** `too-many`: the person has as many as is allowed; the profile is then activated without codes. */
  add(
    tx: Queryable,
    credential: { id: string; sealed: string; person: PersonId; label: string },
  ): Promise<'added' | 'too-many'>;
  remove(tx: Queryable, person: PersonId, id: string): Promise<void>;
  /** `null`: there is no such credential. Locked without an end: only another factor or the help desk opens it again. */
  state(
    person: PersonId,
    id: string,
  ): Promise<{ locked: boolean; lockedUntil: number | null } | null>;
}
