import type { Person, PersonId } from './person.js';

/** Port: where people come from (`local/` now; LDAP and Active Directory later). */
export interface Directory {
  /** By id; `null` when there is none. One round trip. */
  find(id: PersonId): Promise<Person | null>;

  /** By user name, mail or UPN, compared without case after NFKC. */
  findByAlias(alias: string): Promise<Person | null>;

  /**
   * Judges a password. The attempt is counted before the hash is computed and refunded when it was right, so
   * that parallel guesses cannot outrun the limit. Unknown people cost the same hash and the same round trips.
   * @throws Overloaded when the hashing queue is full (nothing is counted)
   */
  checkPassword(attempt: PasswordAttempt): Promise<PasswordVerdict>;
}

export interface PasswordAttempt {
  username: string;
  password: string;
  /** People this browser is known to have signed in before (their own, separate budget). */
  knownBrowserOf: readonly PersonId[];
}

export type PasswordVerdict =
  | {
      kind: 'accepted';
      person: Person;
      /** A new password has to be chosen before the sign-in ends. */
      changeRequired: boolean;
    }
  | {
      kind: 'refused';
      reason:
        | 'wrong_credentials'
        | 'unknown_person'
        | 'password_locked'
        | 'person_disabled'
        | 'no_password_set';
      /** For the audit row; pages never differ by it. */
      person: PersonId | null;
    };
