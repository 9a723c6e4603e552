import { factorRemoved } from '../audit/events/factor-events.js';
import type { ChangedBy } from '../audit/events/person-events.js';
import type { AuditLog } from '../audit/audit-log.js';
import { createAnnouncedRevocation } from '../devices/announced-revocation.js';
import { createDeviceReader } from '../devices/create-device-reader.js';
import type { Profile } from '../devices/profile.js';
import type { Person } from '../directory/person.js';
import type { Outbox } from '../jobs/outbox.js';
import type { Clock } from '../kernel/clock.js';
import type { Queryable, SqlDatabase } from '../storage/sql/sql-database.js';
import { noLock, type Lock } from './attempts/lockout.js';
import { notifyOfFactor } from './factor-notice.js';
import {
  deleteOtpCredentials,
  listOtpCredentials,
  unlockOtpCredentials,
  type OtpCredentialState,
} from './otp/all-otp-credentials.js';
import { removeCodeCredential } from './otp/code-credentials.js';
import { otpFactorName, ownLabel } from './otp/otp-factor-name.js';
import {
  deleteRecoveryCodes,
  recoveryCodesLock,
  summariseRecoveryCodes,
  unlockRecoveryCodes,
  type RecoveryCodeSummary,
} from './recovery-codes/all-recovery-codes.js';
import { forgetPhones } from './push/phone-standing.js';
import { recoveryCodeFactorName } from './recovery-codes/recovery-code-factor-name.js';

export interface SecondFactorOverview {
  apps: readonly OtpCredentialState[];
  recoveryCodes: (RecoveryCodeSummary & { lock: Lock | null }) | null;
  phones: readonly Profile[];
}

/** All of a person's second factors at once, for those who help them. */
export interface SecondFactors {
  overview(person: Pick<Person, 'id'>): Promise<SecondFactorOverview>;

  /** Forgives wrong codes, in the caller's transaction. */
  unlock(tx: Queryable, person: Pick<Person, 'id'>): Promise<void>;

  /**
   * Removes every one of them, with audit rows and mails, in the transaction that makes everything issued to the
   * person void: sessions that were opened with them must not outlive them.
   * @returns how many authenticator apps, recovery codes and phones there were
   */
  removeAll(
    tx: Queryable,
    person: Person,
    by?: ChangedBy,
  ): Promise<{ apps: number; recoveryCodes: number; phones: number }>;
}

export function createSecondFactors(deps: {
  database: SqlDatabase;
  audit: Pick<AuditLog, 'recordIn'>;
  outbox: Outbox;
  clock: Clock;
}): SecondFactors {
  const { database, audit, outbox, clock } = deps;
  const devices = createDeviceReader(database);
  const revocation = createAnnouncedRevocation({
    ...deps,
    removeCodes: removeCodeCredential,
    // Whoever removes everything makes everything void in the same transaction.
    ends: 'nothing',
  });

  async function tell(
    tx: Queryable,
    person: Person,
    by: ChangedBy,
    gone: { factor: string; credential: string; label: string },
  ): Promise<void> {
    const { clientAddress } = by;
    const event = factorRemoved({ person: person.id, clientAddress }, gone);
    await audit.recordIn(tx, { ...event, data: { ...by.data, ...event.data } });
    const notice = { factor: gone.factor, at: clock.now() };
    const label = gone.factor === otpFactorName ? ownLabel(gone.label) : {};
    await notifyOfFactor(outbox, tx, person, { template: 'factor-removed', ...notice, ...label });
  }

  return {
    async overview({ id }) {
      const { db } = database;
      const summary = await summariseRecoveryCodes(db, id);
      const lock = await recoveryCodesLock(db, id);
      const phones = (await devices.devicesOf(id)).flatMap(({ profiles }) => profiles);
      const ofPhones = new Set<string | null>(phones.map((phone) => phone.codeCredential));
      const codes = await listOtpCredentials(db, id);
      return {
        apps: codes.filter((one) => !ofPhones.has(one.id)),
        phones,
        recoveryCodes: summary && { ...summary, lock: lock === noLock ? null : lock },
      };
    },

    async unlock(tx, { id }) {
      await unlockOtpCredentials(tx, database.dialect, id);
      await unlockRecoveryCodes(tx, id);
    },

    async removeAll(tx, person, by = {}) {
      const { clientAddress } = by;
      const actor = typeof by.data?.['by'] === 'string' ? { actor: by.data['by'] } : {};
      const from = clientAddress === undefined ? {} : { clientAddress };
      const revokedBy = { because: 'help-desk', ...actor, ...from } as const;
      const phones = await revocation.revokeAll(tx, person.id, revokedBy);
      await forgetPhones(tx, person);
      const apps = await deleteOtpCredentials(tx, person.id);
      for (const { id: credential, label } of apps) {
        await tell(tx, person, by, { factor: otpFactorName, credential, label });
      }
      const recoveryCodes = await deleteRecoveryCodes(tx, person.id);
      if (recoveryCodes > 0) {
        const factor = recoveryCodeFactorName;
        await tell(tx, person, by, { factor, credential: factor, label: 'Recovery codes' });
      }
      return { apps: apps.length, recoveryCodes, phones };
    },
  };
}
