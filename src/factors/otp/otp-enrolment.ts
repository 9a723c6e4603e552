import { factorEnrolled } from '../../audit/events/factor-events.js';
import type { AuditLog } from '../../audit/audit-log.js';
import { holdAsRead } from '../../directory/hold-person.js';
import type { Person } from '../../directory/person.js';
import type { Outbox } from '../../jobs/outbox.js';
import type { Clock } from '../../kernel/clock.js';
import { newPrefixedId } from '../../kernel/prefixed-id.js';
import type { RandomSource } from '../../kernel/random.js';
import { sealingContext } from '../../keys/sealing-context.js';
import type { Sealer } from '../../keys/sealer.js';
import type { SqlDatabase } from '../../storage/sql/sql-database.js';
import type { OtpEnrolment } from '../../web/page-models.js';
import { qrCode } from '../../web/qr-code.js';
import type { FactorEnrolment, FactorState, FactorVerdict } from '../factor.js';
import { notifyOfFactor } from '../factor-notice.js';
import { phoneStanding } from '../push/phone-standing.js';
import { readCode } from './code-text.js';
import { insertCredential } from './insert-credential.js';
import { matchCode } from './match-code.js';
import { enrolledParameters, otpauthUri, toBase32 } from './oath.js';
import { otpFactorName, ownLabel, unnamedDevice } from './otp-factor-name.js';

/** 160 bits, as RFC 4226 section 4 recommends. */
const secretBytes = 20;
const lifetimeMs = 15 * 60_000;
const longestLabel = 64;

export interface OtpEnrolmentDeps {
  database: SqlDatabase;
  audit: AuditLog;
  outbox: Outbox;
  sealer: Sealer;
  clock: Clock;
  random: RandomSource;
}

/** The secret waits sealed in the caller's state, bound to the id its credential will have, until a code proves it. */
export function createOtpEnrolment(
  deps: OtpEnrolmentDeps,
  accepted: (at: number, credential: string) => FactorVerdict,
): FactorEnrolment {
  const { database, audit, outbox, sealer, clock, random } = deps;

  return {
    askedFirst: true,

    begin(person, issuerName) {
      const id = newPrefixedId('otp', random);
      const secret = random.bytes(secretBytes);
      const state: FactorState = {
        credential: id,
        sealed: sealer.seal(secret, sealingContext.otpSecret(id)),
        person: person.id,
        expiresAt: clock.now() + lifetimeMs,
      };
      const uri = otpauthUri(secret, issuerName, person.username);
      const model: OtpEnrolment = { qr: qrCode(uri), secret: toBase32(secret), uri };
      return Promise.resolve({
        state,
        view: { template: 'factors/otp-enrol', model: { ...model } },
      });
    },

    async complete(person, state, input, context) {
      const now = clock.now();
      const begun = readState(state);
      if (begun === null || begun.person !== person.id || begun.expiresAt <= now) {
        return { kind: 'refused', reason: 'enrolment_expired' };
      }
      const code = readCode(input['code']);
      if (code === null) return { kind: 'refused', reason: 'code_malformed' };
      const secret = sealer.open(begun.sealed, sealingContext.otpSecret(begun.credential));
      const known = { kind: 'totp', drift: 0, lastStep: 0, ...enrolledParameters } as const;
      const fresh = { id: begun.credential, secret, ...known };
      const match = matchCode([fresh], code, now);
      if (match.kind !== 'fresh') return { kind: 'refused', reason: 'wrong_code' };

      const label = input['label']?.trim().slice(0, longestLabel) || unnamedDevice;
      return database.transaction(async (tx): Promise<FactorVerdict> => {
        if (!(await holdAsRead(tx, person))) {
          return { kind: 'refused', reason: 'session_ended' };
        }
        if (context.firstOnly === true && (await phoneStanding(tx, person)) !== 'never') {
          return { kind: 'refused', reason: 'enrolment_expired' };
        }
        const added = {
          id: begun.credential,
          person: person.id,
          label,
          sealed: begun.sealed,
          lastStep: match.step,
          createdAt: now,
          lastUsedAt: now,
        };
        const outcome = await insertCredential(tx, database.dialect, added, context.firstOnly);
        if (outcome !== 'inserted') return { kind: 'refused', reason: notInserted[outcome] };
        const enrolled = { factor: otpFactorName, credential: begun.credential, label };
        await audit.recordIn(tx, factorEnrolled({ person: person.id, ...context }, enrolled));
        const notice = { factor: otpFactorName, at: now, ...ownLabel(label) };
        await notifyOfFactor(outbox, tx, person, { template: 'factor-added', ...notice });
        return accepted(now, begun.credential);
      });
    },
  };
}

const notInserted = {
  exists: 'code_already_used',
  'not-first': 'enrolment_expired',
  'too-many': 'policy_denied',
} as const;

function readState(
  state: FactorState,
): { credential: string; sealed: string; person: Person['id'] | string; expiresAt: number } | null {
  const { credential, sealed, person, expiresAt } = state;
  return typeof credential === 'string' &&
    typeof sealed === 'string' &&
    typeof person === 'string' &&
    typeof expiresAt === 'number'
    ? { credential, sealed, person, expiresAt }
    : null;
}
