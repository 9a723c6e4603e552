import { passwordChanged, type ChangedBy } from '../../audit/events/person-events.js';
import { sql } from 'kysely';
import type { AuditLog } from '../../audit/audit-log.js';
import type { FailureReason } from '../../audit/failure-reasons.js';
import type { Outbox } from '../../jobs/outbox.js';
import type { Clock } from '../../kernel/clock.js';
import { failure, success, type Result } from '../../kernel/result.js';
import { announce } from '../../storage/sql/change-feed.js';
import type { Queryable, SqlDatabase } from '../../storage/sql/sql-database.js';
import type { Directory } from '../directory.js';
import { holdAsRead } from '../hold-person.js';
import type { HashQueue } from '../passwords/hash-queue.js';
import type { PasswordHashing } from '../passwords/password-hashing.js';
import type { PasswordPolicy } from '../passwords/password-policy.js';
import { normalisePassword } from '../passwords/password-text.js';
import { readStoredHash } from '../passwords/stored-hash.js';
import type { Person } from '../person.js';
import { newPassword } from './new-password.js';
import { peopleTopic, type AfterVoid } from './people.js';
import { mailPerson } from './password-notice.js';

/** A new password that the policy allows, hashed. */
export type PreparedPassword = string & { readonly __preparedPassword: true };

/**
 * New passwords. Setting one voids everything issued before, forgives wrong attempts and mails the person. It proves
 * nothing: whoever calls has made sure that it is this person, and a second factor is asked for as ever.
 */
export interface PasswordChanges {
  /**
   * Replaces the password of a person who knows it. Wrong attempts count as they do at a sign-in. Fails with
   * `session_ended` when anything issued to the person as given was made void meanwhile, as `setPassword` does.
   */
  changePassword(
    person: Person,
    current: string,
    chosen: string,
    by?: ChangedBy,
  ): Promise<Result<Person, FailureReason>>;

  /** Sets a password without the old one. The person comes back with the new epoch. */
  setPassword(
    person: Person,
    chosen: string,
    by?: ChangedBy,
  ): Promise<Result<Person, FailureReason>>;

  /**
   * Judges and hashes a chosen password; not inside a transaction. Where a change is demanded, the password that the
   * person has is refused. @throws Overloaded
   */
  prepare(person: Person, chosen: string): Promise<Result<PreparedPassword, FailureReason>>;

  /**
   * Stores it in the caller's transaction. `null` when the person was disabled or everything issued at this epoch
   * was made void meanwhile.
   */
  store(
    tx: Queryable,
    person: Person,
    prepared: PreparedPassword,
    by?: ChangedBy,
  ): Promise<Person | null>;
}

export interface PasswordChangesDeps {
  database: SqlDatabase;
  directory: Pick<Directory, 'checkPassword'>;
  policy: PasswordPolicy;
  hashing: PasswordHashing;
  queue: HashQueue;
  audit: Pick<AuditLog, 'recordIn'>;
  outbox: Outbox;
  clock: Clock;
  /** Done in the transaction of a new password. */
  afterVoid: AfterVoid;
  /** Language of mails to people who have none of their own. */
  defaultLocale: string;
}

export function createPasswordChanges(deps: PasswordChangesDeps): PasswordChanges {
  const { database, directory, policy, hashing, queue, audit, clock } = deps;

  async function prepare(
    person: Person,
    chosen: string,
  ): Promise<Result<PreparedPassword, FailureReason>> {
    const problem = policy.problem(chosen, person);
    if (problem !== null) return failure(problem);
    if (await isDemandedBack(person, chosen)) return failure('password_unchanged');
    const hash = await queue.run(() => hashing.hash(normalisePassword(chosen)));
    return success(hash as PreparedPassword);
  }

  /** Is a change demanded, and is this the password that has to go? */
  async function isDemandedBack(person: Person, chosen: string): Promise<boolean> {
    const row = await database.db
      .selectFrom('people')
      .select('password_hash')
      .where('id', '=', person.id)
      .where('password_change_demanded_at', 'is not', null)
      .executeTakeFirst();
    const stored = readStoredHash(row?.password_hash ?? null);
    return stored !== null && queue.run(() => hashing.verify(stored, normalisePassword(chosen)));
  }

  async function store(
    tx: Queryable,
    person: Person,
    prepared: PreparedPassword,
    by: ChangedBy = {},
  ): Promise<Person | null> {
    const now = clock.now();
    const row = await tx
      .updateTable('people')
      .set({
        ...newPassword(prepared, now),
        updated_at: now,
        record_version: sql<number>`record_version + 1`,
      })
      .where('id', '=', person.id)
      .where('epoch', '=', person.epoch)
      .where('disabled_at', 'is', null)
      .returning('epoch')
      .executeTakeFirst();
    if (row === undefined) return null;
    await audit.recordIn(tx, passwordChanged(person.id, by));
    const from = by.clientAddress === undefined ? {} : { address: by.clientAddress };
    await mailPerson(deps, tx, person, { template: 'password-changed', at: now, ...from });
    await announce(tx, peopleTopic, clock);
    await deps.afterVoid(tx, person.id);
    return { ...person, epoch: row.epoch };
  }

  async function setPassword(person: Person, chosen: string, by?: ChangedBy) {
    const prepared = await prepare(person, chosen);
    if (!prepared.ok) return prepared;
    const changed = await database.transaction(async (tx) =>
      (await holdAsRead(tx, person)) ? store(tx, person, prepared.value, by) : null,
    );
    return changed === null ? failure<FailureReason>('session_ended') : success(changed);
  }

  return {
    prepare,
    store,
    setPassword,
    async changePassword(person, current, chosen, by) {
      const verdict = await directory.checkPassword({
        username: person.username,
        password: current,
        knownBrowserOf: [person.id],
      });
      if (verdict.kind === 'refused') return failure(verdict.reason);
      // The user name has become somebody else's.
      if (verdict.person.id !== person.id) return failure('session_ended');
      if (normalisePassword(current) === normalisePassword(chosen)) {
        return failure('password_unchanged');
      }
      // The verdict has the person as they are by now: what was made void while it was found would be overlooked.
      return setPassword(person, chosen, by);
    },
  };
}
