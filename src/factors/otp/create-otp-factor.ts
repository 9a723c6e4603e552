import type { AuditEvent } from '../../audit/audit-event.js';
import type { AuditLog } from '../../audit/audit-log.js';
import type { Person } from '../../directory/person.js';
import type { Outbox } from '../../jobs/outbox.js';
import type { Clock } from '../../kernel/clock.js';
import type { RandomSource } from '../../kernel/random.js';
import type { Sealer } from '../../keys/sealer.js';
import type { SqlDatabase } from '../../storage/sql/sql-database.js';
import type { FactorEvent } from '../../sessions/factor-event.js';
import type { Lockout } from '../attempts/lockout.js';
import { refusedUncounted, refusedWrong } from '../attempts/refusals.js';
import type { Factor, FactorContext, FactorVerdict } from '../factor.js';
import { listOtpCredentials } from './all-otp-credentials.js';
import { readCode } from './code-text.js';
import { OtpCredentialStore } from './credential-store.js';
import type { ReservedCredential } from './credential-store.js';
import { learnDrift } from './drift.js';
import type { LearntDrift } from './drift.js';
import { matchCode } from './match-code.js';
import { createOtpEnrolment } from './otp-enrolment.js';
import { otpFactorName } from './otp-factor-name.js';
import { removeOtpCredential } from './remove-otp-credential.js';
import { findDrift } from './resync-search.js';

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

  /**
   * Learns the clock of a device from two codes in a row, up to 10 steps off. Both codes are used up. Counts and
   * locks like any attempt.
   */
  resync(
    person: Person,
    credentialId: string,
    codes: { first: string; second: string },
    context: FactorContext,
  ): Promise<FactorVerdict>;

  /** Removes a credential of this person, with its audit row and mail; `false` when there is none. */
  remove(person: Person, credentialId: string, context?: FactorContext): Promise<boolean>;
}

type AcceptedCode = Extract<FactorVerdict, { kind: 'accepted' }>;

/**
 * Time-based one-time codes (RFC 6238) of any authenticator app. A right code costs two round trips: one that counts
 * the attempt and returns what to judge it by, one that uses up the step. Refusals are returned, not audited: the
 * caller writes them with its own circumstances; only a lock is told from here.
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
    const locks = reserved.flatMap((credential) => credential.lockedUntil ?? []);
    return refusedWrong(audit, {
      factor: otpFactorName,
      person,
      reason: 'wrong_code',
      lockedUntil: locks.length === 0 ? null : Math.max(...locks),
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
    event?: AuditEvent,
  ): Promise<FactorVerdict> => {
    if (event === undefined) {
      const done = await store.accept(person, reserved, what, now);
      return done ? accepted(now, what.id) : used(person, reserved);
    }
    const done = await store.accept(person, reserved, what, now, (change) =>
      audit.recordWithChange(change, event),
    );
    return done ? { ...accepted(now, what.id), recorded: true } : used(person, reserved);
  };

  return {
    name: otpFactorName,
    category: 'possession',
    use: 'ordinary',

    async enrolments(person) {
      const credentials = await listOtpCredentials(database.db, person.id);
      return credentials.map(({ lockedUntil: _, ...enrolment }) => enrolment);
    },

    begin: () => Promise.resolve({ state: {}, view: { template: 'factors/otp', model: {} } }),

    async answer(person, _state, input, context) {
      const code = readCode(input['code']);
      if (code === null) return { kind: 'refused', reason: 'code_malformed' };
      const now = clock.now();
      const reserved = await store.reserve(person, now);
      if (reserved.length === 0) return refusedUncounted(await store.lockedUntil(person.id));
      if (!areInForce(reserved)) return { kind: 'refused', reason: 'session_ended' };
      const match = matchCode(reserved, code, now);
      if (match.kind === 'wrong') return wrong(person, reserved, context);
      if (match.kind === 'used') return used(person, reserved);
      const { credential, step, offset } = match;
      const known = { drift: credential.drift, run: credential.driftRun };
      const what = { id: credential.id, step, learnt: learnDrift(known, offset) };
      return use(person, reserved, what, now, context.onAcceptance);
    },

    async resync(person, credentialId, codes, context) {
      const first = readCode(codes.first);
      const second = readCode(codes.second);
      if (first === null || second === null) return { kind: 'refused', reason: 'code_malformed' };
      const now = clock.now();
      const reserved = await store.reserve(person, now);
      if (reserved.length === 0) return refusedUncounted(await store.lockedUntil(person.id));
      if (!areInForce(reserved)) return { kind: 'refused', reason: 'session_ended' };
      const credential = reserved.find(({ id }) => id === credentialId);
      const found = credential && findDrift(credential, first, second, now);
      if (!found) return wrong(person, reserved, context);
      const what = { id: credentialId, step: found.step, learnt: { drift: found.drift, run: 0 } };
      return use(person, reserved, what, now);
    },

    remove: (person, credentialId, context) =>
      removeOtpCredential(deps, person, credentialId, context),

    enrolment: createOtpEnrolment(deps, accepted),
  };
}

const areInForce = (reserved: readonly ReservedCredential[]): boolean =>
  reserved.every(({ personInForce }) => personInForce);
