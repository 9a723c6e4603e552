import { sql } from 'kysely';
import { isInForce } from '../../directory/in-force.js';
import type { Person, PersonId } from '../../directory/person.js';
import type { Queryable, SqlDatabase } from '../../storage/sql/sql-database.js';
import { lockOf, type Lock, type Lockout } from '../attempts/lockout.js';
import { notLocked, strikeReserved, strikesCleared, strikeTakenBack } from '../attempts/strikes.js';
import { summariseRecoveryCodes } from './all-recovery-codes.js';

/** What an attempt that has been counted is judged by. */
export interface ReservedAttempt {
  /** `null` when no code of the set has that lookup part. */
  codeHash: string | null;
  used: boolean;
  /** Names the run of attempts that this one belongs to. */
  run: number;
  /** Set when this very attempt reached the limit. */
  lock: Lock | null;
  /** `false`: the person was disabled, or everything issued before made void, since they were read. */
  personInForce: boolean;
}

/** The statements on `recovery_codes` and `recovery_code_sets`. */
export class RecoveryCodeStore {
  readonly #database: SqlDatabase;
  readonly #lockout: Lockout;

  constructor(database: SqlDatabase, lockout: Lockout) {
    this.#database = database;
    this.#lockout = lockout;
  }

  /** Counts an attempt and finds its code. `null`: no codes, or locked. */
  async reserve(
    person: Pick<Person, 'id' | 'epoch'>,
    lookup: string,
    now: number,
  ): Promise<ReservedAttempt | null> {
    const id = codeId(person.id, lookup);
    const row = await this.#database.db
      .updateTable('recovery_code_sets')
      .set(strikeReserved(now, this.#lockout))
      .where('person_id', '=', person.id)
      .where(notLocked(now))
      .returning([
        'failed_at',
        'locked_until',
        'failures_total',
        sql<string | null>`(select code_hash from recovery_codes where id = ${id})`.as('code_hash'),
        sql<number | null>`(select used_at from recovery_codes where id = ${id})`.as('used_at'),
        sql<number>`case when ${isInForce(person)} then 1 else 0 end`.as('in_force'),
      ])
      .executeTakeFirst();
    return row === undefined
      ? null
      : {
          codeHash: row.code_hash,
          used: row.used_at !== null,
          run: row.failed_at ?? 0,
          lock: lockOf(row),
          personInForce: row.in_force === 1,
        };
  }

  /**
   * Uses a code up and forgives the strikes, in the caller's transaction. Returns how many are left; `null` when
   * somebody else was faster or the set has been replaced since.
   */
  async consume(
    tx: Queryable,
    person: Pick<Person, 'id' | 'epoch'>,
    code: { lookup: string; codeHash: string },
    now: number,
  ): Promise<number | null> {
    const used = await tx
      .updateTable('recovery_codes')
      .set({ used_at: now })
      .where('id', '=', codeId(person.id, code.lookup))
      .where(isInForce(person))
      .where('code_hash', '=', code.codeHash)
      .where('used_at', 'is', null)
      .returning('id')
      .executeTakeFirst();
    if (used === undefined) return null;
    await tx
      .updateTable('recovery_code_sets')
      .set(strikesCleared)
      .where('person_id', '=', person.id)
      .execute();
    return (await summariseRecoveryCodes(tx, person.id))?.remaining ?? 0;
  }

  /** Takes back the strike of a code that was right but used up, unless its run has been forgiven since. */
  async takeBack(person: PersonId, run: number): Promise<void> {
    await this.#database.db
      .updateTable('recovery_code_sets')
      .set(strikeTakenBack)
      .where('person_id', '=', person)
      .where('failed_at', '=', run)
      .where('failures', '>', 0)
      .execute();
  }

  /** Puts a new set in the place of the old one. */
  async replace(
    tx: Queryable,
    person: PersonId,
    codes: readonly { lookup: string; codeHash: string }[],
    now: number,
  ): Promise<void> {
    await tx
      .insertInto('recovery_code_sets')
      .values({ person_id: person, generated_at: now, ...strikesCleared, failed_at: null })
      .onConflict((conflict) =>
        conflict.column('person_id').doUpdateSet({ generated_at: now, ...strikesCleared }),
      )
      .execute();
    await tx.deleteFrom('recovery_codes').where('person_id', '=', person).execute();
    await tx
      .insertInto('recovery_codes')
      .values(
        codes.map(({ lookup, codeHash }) => ({
          id: codeId(person, lookup),
          person_id: person,
          code_hash: codeHash,
          created_at: now,
          used_at: null,
        })),
      )
      .execute();
  }
}

const codeId = (person: PersonId, lookup: string): string => `${person}:${lookup}`;
