import { sql } from 'kysely';
import type { AuditEvent } from '../../audit/audit-event.js';
import type { AuditLog } from '../../audit/audit-log.js';
import { holdAsRead } from '../../directory/hold-person.js';
import type { Person } from '../../directory/person.js';
import type { Outbox } from '../../jobs/outbox.js';
import type { Clock } from '../../kernel/clock.js';
import type { RandomSource } from '../../kernel/random.js';
import type { Sealer } from '../../keys/sealer.js';
import type { SqlDatabase } from '../../storage/sql/sql-database.js';
import type { FactorEvent } from '../../sessions/factor-event.js';
import type { Lock, Lockout } from '../attempts/lockout.js';
import { refusedUncounted, refusedWrong } from '../attempts/refusals.js';
import { factorResynchronised, factorUnlocked } from '../../audit/events/factor-events.js';
import type { Factor, FactorContext, FactorVerdict } from '../factor.js';
import { listOtpCredentials, unlockOtpCredentials } from './all-otp-credentials.js';
import { OtpCredentialStore } from './credential-store.js';
import type { ReservedCredential } from './credential-store.js';
import type { LearntDrift } from './drift.js';
import { judgeCodes, readTypedCodes } from './judge-codes.js';
import { createOtpEnrolment } from './otp-enrolment.js';
import { otpFactorName } from './otp-factor-name.js';
import { removeOtpCredential } from './remove-otp-credential.js';

export interface OtpFactorDeps {
  database: SqlDatabase;
  audit: AuditLog;
  outbox: Outbox;
  sealer: Sealer;
  clock: Clock;
  random: RandomSource;
  lockout: Lockout;
}

export interface OtpFactor extends Factor {
  readonly enrolment: NonNullable<Factor['enrolment']>;

  /** The lock on a person's codes; `null` when there is none. */
  lock(person: Person): Promise<Lock | null>;

  /**
   * Forgives wrong codes. For whoever proved another factor just now: codes cannot open themselves. `false`: anything issued
   * to the person was made void since they were read.
   */
  unlock(person: Person, context: FactorContext): Promise<boolean>;

  /**
   * Removes a credential of this person, with its audit row and mail; `false` when there is none, or anything issued to the
   * person was made void since they were read.
   */
  remove(person: Person, credentialId: string, context?: FactorContext): Promise<boolean>;
}

type AcceptedCode = Extract<FactorVerdict, { kind: 'accepted' }>;

/**
 * One-time codes of any authenticator app or device, by time (RFC 6238) or by presses (RFC 4226). A right code costs two round trips: one that counts
 * the attempt and returns what to judge it by, one that uses up the step. Refusals are returned, not audited: the
 * caller writes them with its own circumstances; only locks and resynchronised devices are told from
 * here. Two codes in a row (`first_code`, `next_code`) find a device that is too far off for one; they count and lock like
 * any attempt, and both are used up.
 */
export function createOtpFactor(deps: OtpFactorDeps): OtpFactor {
  const { database, audit, clock, sealer, lockout } = deps;
  const store = new OtpCredentialStore(database, sealer, lockout);

  const accepted = (at: number, credential: string): AcceptedCode => {
    const event: FactorEvent = {
      factor: otpFactorName,
      category: 'possession',
      amr: 'otp',
      at,
      credential,
    };
    return { kind: 'accepted', event };
  };

  const wrong = (
    person: Person,
    reserved: readonly ReservedCredential[],
    context: FactorContext,
  ): Promise<FactorVerdict> => {
    const locks = reserved.flatMap(({ lock }) => lock ?? []);
    const until = Math.max(...locks.map((lock) => lock.until));
    return refusedWrong(audit, {
      factor: otpFactorName,
      person,
      reason: 'wrong_code',
      lock: locks.length === 0 ? null : { until, forGood: locks.some(({ forGood }) => forGood) },
      lockout,
      context,
    });
  };

  const used = async (
    person: Person,
    reserved: readonly ReservedCredential[],
  ): Promise<FactorVerdict> => {
    await store.takeBack(person.id, reserved);
    return { kind: 'refused', reason: 'code_already_used' };
  };

  const use = async (
    person: Person,
    reserved: readonly ReservedCredential[],
    what: { id: string; step: number; learnt: LearntDrift },
    now: number,
    completion?: (credential: string) => AuditEvent,
  ): Promise<FactorVerdict> => {
    if (completion === undefined) {
      const done = await store.accept(person, reserved, what, now);
      return done ? accepted(now, what.id) : used(person, reserved);
    }
    const done = await store.accept(person, reserved, what, now, (change) =>
      audit.recordWithChange(change, completion(what.id)),
    );
    return done ? { ...accepted(now, what.id), recorded: true } : used(person, reserved);
  };

  return {
    name: otpFactorName,
    category: 'possession',
    use: 'ordinary',

    async enrolments(person) {
      const credentials = await listOtpCredentials(database.db, person.id);
      return credentials.map(({ kind: _, lock: __, ...enrolment }) => enrolment);
    },

    hasEnrolment: ({ id }) =>
      sql<boolean>`exists (select 1 from otp_credentials where otp_credentials.person_id = ${id})`,

    begin: () => Promise.resolve({ state: {}, view: { template: 'factors/otp', model: {} } }),

    async answer(person, _state, input, context) {
      const typed = readTypedCodes(input);
      if (typed === null) return { kind: 'refused', reason: 'code_malformed' };
      const now = clock.now();
      const reserved = await store.reserve(person, now);
      if (reserved.length === 0) return refusedUncounted(await store.lockOf(person.id));
      if (!areInForce(reserved)) return { kind: 'refused', reason: 'session_ended' };
      const judged = judgeCodes(reserved, typed, now);
      if (judged.kind === 'wrong') return wrong(person, reserved, context);
      if (judged.kind === 'used') return used(person, reserved);
      const verdict = await use(person, reserved, judged, now, context.onAcceptance);
      if (verdict.kind === 'accepted' && 'first' in typed) {
        const found = { factor: otpFactorName, credential: judged.id };
        await audit.record(factorResynchronised({ person: person.id, ...context }, found));
      }
      return verdict;
    },

    async lock({ id }) {
      const lock = await store.lockOf(id);
      return lock !== null && (lock.forGood || lock.until > clock.now()) ? lock : null;
    },

    unlock: (person, context) =>
      database.transaction(async (tx) => {
        if (!(await holdAsRead(tx, person))) return false;
        await unlockOtpCredentials(tx, database.dialect, person.id);
        await audit.recordIn(tx, factorUnlocked({ person: person.id, ...context }, otpFactorName));
        return true;
      }),

    remove: (person, credentialId, context) =>
      removeOtpCredential(deps, person, credentialId, context),

    enrolment: createOtpEnrolment(deps, accepted),
  };
}

const areInForce = (reserved: readonly ReservedCredential[]): boolean =>
  reserved.every(({ personInForce }) => personInForce);
