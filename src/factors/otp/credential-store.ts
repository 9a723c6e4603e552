import { sql } from 'kysely';
import type { ReturningChange } from '../../audit/audit-log.js';
import { isInForce } from '../../directory/in-force.js';
import type { Person, PersonId } from '../../directory/person.js';
import type { PrefixedId } from '../../kernel/prefixed-id.js';
import { sealingContext } from '../../keys/sealing-context.js';
import type { Sealer } from '../../keys/sealer.js';
import type { Queryable, SqlDatabase } from '../../storage/sql/sql-database.js';
import { lockOf, noLock, type Lock, type Lockout } from '../attempts/lockout.js';
import { notLocked, strikeReserved, strikesCleared, strikeTakenBack } from '../attempts/strikes.js';
import type { LearntDrift } from './drift.js';
import type { OpenCredential } from './match-code.js';

export type OtpCredentialId = PrefixedId<'otp'>;

/** A credential for which an attempt has been counted. */
export interface ReservedCredential extends OpenCredential {
  driftRun: number;
  /** Names the run of attempts that this one belongs to. */
  run: number;
  /** Set when this very attempt reached the limit. */
  lock: Lock | null;
  /** `false`: the person was disabled, or everything issued before made void, since they were read. */
  personInForce: boolean;
}

/** Runs a change, by itself or in one statement with the audit row that tells it. */
export type RecordWith = (
  change: ReturningChange<{ id: string }>,
) => Promise<{ id: string } | null>;

/** The statements on `otp_credentials`. A person's attempts count on all of their credentials alike. */
export class OtpCredentialStore {
  readonly #database: SqlDatabase;
  readonly #sealer: Sealer;
  readonly #lockout: Lockout;

  constructor(database: SqlDatabase, sealer: Sealer, lockout: Lockout) {
    this.#database = database;
    this.#sealer = sealer;
    this.#lockout = lockout;
  }

  /** Counts an attempt and hands out what it is judged by. Empty: nothing enrolled, or locked. */
  async reserve(person: Pick<Person, 'id' | 'epoch'>, now: number): Promise<ReservedCredential[]> {
    const rows = await this.#database.db
      .updateTable('otp_credentials')
      .set(strikeReserved(now, this.#lockout))
      .where('id', 'in', credentialIds(this.#database.db, this.#database.dialect, person.id))
      .where(notLocked(now))
      .returning([
        'id',
        'kind',
        'secret_sealed',
        'algorithm',
        'digits',
        'period',
        'last_step',
        'drift',
        'drift_run',
        'failed_at',
        'locked_until',
        'failures_total',
        sql<number>`case when ${isInForce(person)} then 1 else 0 end`.as('in_force'),
      ])
      .execute();
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind === 'hotp' ? 'hotp' : 'totp',
      secret: this.#sealer.open(row.secret_sealed, sealingContext.otpSecret(row.id)),
      algorithm: row.algorithm,
      digits: row.digits,
      period: row.period,
      lastStep: row.last_step,
      drift: row.drift,
      driftRun: row.drift_run,
      run: row.failed_at ?? 0,
      lock: lockOf(row),
      personInForce: row.in_force === 1,
    }));
  }

  /**
   * Uses up a step and forgives the strikes, in one compare-and-set: of all callers with the same step, on all
   * servers, exactly one gets `true`, and none when the person is not in force any more.
   */
  async accept(
    person: Pick<Person, 'id' | 'epoch'>,
    reserved: readonly ReservedCredential[],
    used: { id: string; step: number; learnt: LearntDrift },
    now: number,
    record: RecordWith = (change) =>
      change(this.#database.db)
        .executeTakeFirst()
        .then((row) => row ?? null),
  ): Promise<boolean> {
    const { db, dialect } = this.#database;
    const accepted = await record((queryable) =>
      queryable
        .updateTable('otp_credentials')
        .set({
          ...strikesCleared,
          last_step: used.step,
          drift: used.learnt.drift,
          drift_run: used.learnt.run,
          last_used_at: now,
        })
        .where('id', '=', used.id)
        .where('person_id', '=', person.id)
        .where('last_step', '<', used.step)
        .where(isInForce(person))
        .returning('id'),
    );
    if (accepted === null) return false;
    if (reserved.length > 1) {
      await db
        .updateTable('otp_credentials')
        .set(strikesCleared)
        .where('id', 'in', credentialIds(db, dialect, person.id))
        .where('id', '<>', used.id)
        .execute();
    }
    return true;
  }

  /** Takes back the strike of a code that was right but used up, unless its run has been forgiven since. */
  async takeBack(person: PersonId, reserved: readonly ReservedCredential[]): Promise<void> {
    const { db, dialect } = this.#database;
    await db
      .updateTable('otp_credentials')
      .set(strikeTakenBack)
      .where('id', 'in', credentialIds(db, dialect, person))
      .where('failures', '>', 0)
      .where((where) =>
        where.or(
          reserved.map(({ id, run }) =>
            where.and([where('id', '=', id), where('failed_at', '=', run)]),
          ),
        ),
      )
      .execute();
  }

  /** The lock on the person's credentials; `noLock` when there is none, `null` when they have no credential. */
  async lockOf(person: PersonId): Promise<Lock | null> {
    const row = await this.#database.db
      .selectFrom('otp_credentials')
      .select((select) => [
        select.fn.countAll<number>().as('credentials'),
        select.fn.max('locked_until').as('locked_until'),
        select.fn.max('failures_total').as('failures_total'),
      ])
      .where('person_id', '=', person)
      .executeTakeFirstOrThrow();
    if (Number(row.credentials) === 0) return null;
    const { locked_until, failures_total } = row;
    return lockOf({ locked_until, failures_total: Number(failures_total) }) ?? noLock;
  }
}

/**
 * A person's credentials, for `WHERE id IN`. PostgreSQL locks them in the order of their ids, so that two statements
 * on several rows wait for each other instead of running into a deadlock.
 */
export function credentialIds(db: Queryable, dialect: SqlDatabase['dialect'], person: PersonId) {
  const ids = db
    .selectFrom('otp_credentials')
    .select('id')
    .where('person_id', '=', person)
    .orderBy('id');
  return dialect === 'postgres' ? ids.forUpdate() : ids;
}
