import { passwordLocked } from '../../audit/events/person-events.js';
import { sql } from 'kysely';
import type { AuditLog } from '../../audit/audit-log.js';
import type { Clock } from '../../kernel/clock.js';
import type { Queryable, SqlDatabase } from '../../storage/sql/sql-database.js';
import type { PersonId } from '../person.js';
import {
  attemptFailed,
  attemptReserved,
  attemptsForgiven,
  isKnownBrowser,
  type BudgetName,
} from './attempt-budget.js';
import { decoyIdFor, isDecoy } from './decoy-people.js';
import type { PasswordLockout } from './lockout.js';
import { listColumns, personColumns, type PersonRow } from './person-row.js';

/** An attempt that has been counted, or refused because its budget is used up. */
export interface Reservation {
  row: PersonRow;
  unknown: boolean;
  passwordHash: string | null;
  budget: BudgetName;
  /** May the password be judged? */
  reserved: boolean;
  /** Which attempt of its budget, and of all, this one is. */
  number: number;
  total: number;
}

export interface PasswordAttemptsDeps {
  database: SqlDatabase;
  clock: Clock;
  lockout: PasswordLockout;
  audit: Pick<AuditLog, 'recordWithChange'>;
}

/** The two statements of a password attempt on the row of its person, or of a decoy. One round trip each. */
export class PasswordAttempts {
  readonly #deps: PasswordAttemptsDeps;

  constructor(deps: PasswordAttemptsDeps) {
    this.#deps = deps;
  }

  async reserve(alias: string, knownBrowserOf: readonly PersonId[]): Promise<Reservation> {
    const { database, clock, lockout } = this.#deps;
    const row = await database.db
      .updateTable('people')
      .set(attemptReserved(isKnownBrowser(knownBrowserOf), clock.now(), lockout))
      .where(
        'id',
        '=',
        sql<string>`coalesce((select person_id from person_aliases where alias = ${alias}), ${decoyIdFor(alias)})`,
      )
      .returning(personColumns)
      .returning([
        'people.password_hash',
        'people.password_failures',
        'people.password_locked_until',
        'people.known_browser_failures',
        'people.known_browser_locked_until',
        'people.password_failures_total',
      ])
      .returning(listColumns(database.dialect))
      .executeTakeFirstOrThrow();
    const known = knownBrowserOf.includes(row.id as PersonId);
    return {
      row,
      unknown: isDecoy(row.id),
      passwordHash: row.password_hash,
      budget: known ? 'known_browser' : 'password',
      reserved: (known ? row.known_browser_locked_until : row.password_locked_until) === null,
      number: known ? row.known_browser_failures : row.password_failures,
      total: row.password_failures_total,
    };
  }

  /** After a wrong password, or an attempt that was not reserved. Tells the audit log when it locks the budget. */
  async fail(attempt: Reservation): Promise<void> {
    const { clock, lockout, audit, database } = this.#deps;
    const change = (db: Queryable) =>
      db
        .updateTable('people')
        .set(attemptFailed(attempt.budget, clock.now(), lockout))
        .where('id', '=', attempt.row.id)
        .returning('id');
    if (!attempt.reserved || !this.#isLast(attempt)) {
      await change(database.db).executeTakeFirst();
      return;
    }
    const facts = { knownBrowser: attempt.budget === 'known_browser', inAll: attempt.total };
    const person = attempt.unknown ? null : attempt.row.id;
    await audit.recordWithChange(change, passwordLocked(person, facts));
  }

  /**
   * After a right password. `newHash` replaces the hash it was judged by.
   * @returns `null` when the password was replaced or the person disabled meanwhile
   */
  async succeed(
    attempt: Reservation,
    newHash: string | null,
  ): Promise<{ epoch: number; changeRequired: boolean } | null> {
    const row = await this.#deps.database.db
      .updateTable('people')
      .set(attemptsForgiven(attempt.budget, attempt))
      .$if(newHash !== null, (update) => update.set({ password_hash: newHash }))
      .where('id', '=', attempt.row.id)
      .where('password_hash', '=', attempt.passwordHash)
      .where('disabled_at', 'is', null)
      .returning(['epoch', 'password_change_demanded_at'])
      .executeTakeFirst();
    return row === undefined
      ? null
      : { epoch: row.epoch, changeRequired: row.password_change_demanded_at !== null };
  }

  #isLast({ number, total }: Reservation): boolean {
    const { attempts, attemptsInAll } = this.#deps.lockout;
    return number >= attempts || total >= attemptsInAll;
  }
}
