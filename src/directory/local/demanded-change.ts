import type { ChangedBy } from '../../audit/events/person-events.js';
import type { FailureReason } from '../../audit/failure-reasons.js';
import { success, type Result } from '../../kernel/result.js';
import type { SqlDatabase } from '../../storage/sql/sql-database.js';
import type { HashQueue } from '../passwords/hash-queue.js';
import type { PasswordHashing } from '../passwords/password-hashing.js';
import { normalisePassword } from '../passwords/password-text.js';
import { readStoredHash } from '../passwords/stored-hash.js';
import type { Person } from '../person.js';
import type { PasswordChanges } from './password-changes.js';

/**
 * Sets the new password of somebody who has to choose one before going on. The same form sent twice, by a second click
 * say, is the same change: it is made once, and both are answered with the person as they are after it.
 * @throws Overloaded
 */
export type DemandedChange = (
  person: Person,
  chosen: string,
  by?: ChangedBy,
) => Promise<Result<Person, FailureReason>>;

export function createDemandedChange(deps: {
  database: SqlDatabase;
  hashing: PasswordHashing;
  queue: HashQueue;
  passwords: Pick<PasswordChanges, 'setPassword'>;
}): DemandedChange {
  const { database, hashing, queue, passwords } = deps;

  /** Has this very change been made already, at the epoch it was meant for? */
  async function isDone(person: Person, chosen: string): Promise<boolean> {
    const row = await database.db
      .selectFrom('people')
      .select('password_hash')
      .where('id', '=', person.id)
      .where('epoch', '=', person.epoch + 1)
      .where('password_change_demanded_at', 'is', null)
      .where('disabled_at', 'is', null)
      .executeTakeFirst();
    const stored = readStoredHash(row?.password_hash ?? null);
    return stored !== null && queue.run(() => hashing.verify(stored, normalisePassword(chosen)));
  }

  return async (person, chosen, by) => {
    const changed = await passwords.setPassword(person, chosen, by);
    if (changed.ok || changed.failure !== 'session_ended') return changed;
    const done = await isDone(person, chosen);
    return done ? success({ ...person, epoch: person.epoch + 1 }) : changed;
  };
}
