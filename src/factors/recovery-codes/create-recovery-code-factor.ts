import { recoveryCodesGenerated, recoveryCodeUsed } from '../../audit/events/factor-events.js';
import type { AuditLog } from '../../audit/audit-log.js';
import { holdAsRead } from '../../directory/hold-person.js';
import type { Person } from '../../directory/person.js';
import type { Outbox } from '../../jobs/outbox.js';
import type { Clock } from '../../kernel/clock.js';
import { randomToken } from '../../kernel/random.js';
import type { RandomSource } from '../../kernel/random.js';
import type { SqlDatabase } from '../../storage/sql/sql-database.js';
import type { Lockout } from '../attempts/lockout.js';
import { refusedUncounted, refusedWrong } from '../attempts/refusals.js';
import type { Factor, FactorContext } from '../factor.js';
import { notifyOfFactor } from '../factor-notice.js';
import {
  recoveryCodesLock,
  summariseRecoveryCodes,
  type RecoveryCodeSummary,
} from './all-recovery-codes.js';
import { newCodes, readRecoveryCode, shownCode } from './code-format.js';
import { recoveryCodeFactorName } from './recovery-code-factor-name.js';
import { RecoveryCodeStore } from './recovery-code-store.js';
import type { ReservedAttempt } from './recovery-code-store.js';

/** A salted, slow hash. May throw `Overloaded`. */
export interface SlowHash {
  /** PHC string. */
  hash(text: string): Promise<string>;
  verify(phc: string, text: string): Promise<boolean>;
}

export interface RecoveryCodeFactorDeps {
  database: SqlDatabase;
  audit: AuditLog;
  outbox: Outbox;
  hasher: SlowHash;
  clock: Clock;
  random: RandomSource;
  lockout: Lockout;
}

export interface RecoveryCodeFactor extends Factor {
  /**
   * A new set in place of the old one. The codes are returned this once, as people write them down; none when anything
   * issued to the person was made void while they were being made, and then the old set stays.
   */
  generate(person: Person, context?: FactorContext): Promise<readonly string[]>;

  /** What is left; `null` when the person has no codes. One round trip. */
  remaining(person: Person): Promise<RecoveryCodeSummary | null>;
}

/**
 * Codes on paper for when everything else is lost (look-up secrets, NIST SP 800-63B-4 section 3.1.2). One slow hash an
 * attempt, because the first characters say which code it is; the same hash when there is none such. Refusals are
 * returned, not audited: the caller writes them with its own circumstances; only a lock is told from here.
 */
export function createRecoveryCodeFactor(deps: RecoveryCodeFactorDeps): RecoveryCodeFactor {
  const { database, audit, outbox, hasher, clock, random, lockout } = deps;
  const store = new RecoveryCodeStore(database, lockout);
  let decoy: Promise<string> | undefined;

  /** Something to compare with where there is no code, so that the answer takes as long. */
  const decoyHash = (): Promise<string> => {
    decoy ??= hasher.hash(randomToken(random, 128)).catch((error: unknown) => {
      decoy = undefined;
      throw error;
    });
    return decoy;
  };

  /** A hash that could not be computed tells nothing, so the attempt does not count. */
  const isRight = async (
    person: Person,
    attempt: ReservedAttempt,
    text: string,
  ): Promise<boolean> => {
    try {
      const right = await hasher.verify(attempt.codeHash ?? (await decoyHash()), text);
      return right && attempt.codeHash !== null;
    } catch (error) {
      await store.takeBack(person.id, attempt.run);
      throw error;
    }
  };

  const consume = (
    person: Person,
    code: { lookup: string; codeHash: string },
    context: FactorContext,
  ): Promise<boolean> =>
    database.transaction(async (tx) => {
      const now = clock.now();
      const remaining = await store.consume(tx, person, code, now);
      if (remaining === null) return false;
      await audit.recordIn(tx, recoveryCodeUsed({ person: person.id, ...context }, remaining));
      const notice = { factor: recoveryCodeFactorName, at: now, remaining };
      await notifyOfFactor(outbox, tx, person, { template: 'recovery-code-used', ...notice });
      return true;
    });

  return {
    name: recoveryCodeFactorName,
    category: 'possession',
    use: 'fallback',

    async enrolments(person) {
      const summary = await summariseRecoveryCodes(database.db, person.id);
      if (summary === null || summary.remaining === 0) return [];
      const { generatedAt, lastUsedAt } = summary;
      const label = 'Recovery codes';
      return [{ id: recoveryCodeFactorName, label, createdAt: generatedAt, lastUsedAt }];
    },

    begin: () =>
      Promise.resolve({ state: {}, view: { template: 'factors/recovery-code', model: {} } }),

    async answer(person, _state, input, context) {
      const code = readRecoveryCode(input['code']);
      if (code === null) return { kind: 'refused', reason: 'recovery_code_malformed' };
      const attempt = await store.reserve(person, code.lookup, clock.now());
      if (attempt === null) {
        // Whoever has only the password does not learn whether there are codes.
        const lock = await recoveryCodesLock(database.db, person.id);
        return refusedUncounted(lock, { kind: 'refused', reason: 'wrong_recovery_code' });
      }
      if (!attempt.personInForce) return { kind: 'refused', reason: 'session_ended' };
      const { codeHash, lock } = attempt;
      const right = await isRight(person, attempt, code.text);
      if (!right || codeHash === null) {
        const reason = 'wrong_recovery_code';
        return refusedWrong(audit, {
          factor: recoveryCodeFactorName,
          person,
          reason,
          lock,
          lockout,
          context,
        });
      }
      const { lookup } = code;
      if (attempt.used || !(await consume(person, { lookup, codeHash }, context))) {
        await store.takeBack(person.id, attempt.run);
        return { kind: 'refused', reason: 'code_already_used' };
      }
      return {
        kind: 'accepted',
        event: {
          factor: recoveryCodeFactorName,
          category: 'possession',
          // RFC 8176 has no value for look-up secrets. Each code is a password that works one time, which is what
          // its `otp` says; `kba` and `user` would say something else.
          amr: 'otp',
          at: clock.now(),
        },
      };
    },

    async generate(person, context) {
      const codes = newCodes(random);
      const hashed: { lookup: string; codeHash: string }[] = [];
      // One at a time: ten at once would take the whole hashing queue from people who sign in.
      for (const code of codes) {
        hashed.push({ lookup: code.lookup, codeHash: await hasher.hash(code.text) });
      }
      const made = await database.transaction(async (tx) => {
        if (!(await holdAsRead(tx, person))) return false;
        const now = clock.now();
        await store.replace(tx, person.id, hashed, now);
        const about = { person: person.id, ...context };
        await audit.recordIn(tx, recoveryCodesGenerated(about, codes.length));
        const notice = { factor: recoveryCodeFactorName, at: now };
        await notifyOfFactor(outbox, tx, person, {
          template: 'recovery-codes-generated',
          ...notice,
        });
        return true;
      });
      return made ? codes.map(shownCode) : [];
    },

    remaining: (person) => summariseRecoveryCodes(database.db, person.id),
  };
}
