import type { AuditLog } from '../audit/audit-log.js';
import type { Configuration } from '../config/configuration.js';
import {
  createAssistedActivation,
  type AssistedActivation,
} from '../devices/assisted-activation.js';
import { createAnnouncedRevocation } from '../devices/announced-revocation.js';
import { createActivationDesk } from '../devices/create-activation-desk.js';
import { createDeviceReader } from '../devices/create-device-reader.js';
import type { DeviceReader, Revocation } from '../devices/device-store.js';
import { createCodeCredentials, removeCodeCredential } from '../factors/otp/code-credentials.js';
import type { Outbox } from '../jobs/outbox.js';
import type { Clock } from '../kernel/clock.js';
import type { RandomSource } from '../kernel/random.js';
import type { Sealer } from '../keys/sealer.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';

/** What the commands about phones work with. */
export interface PhoneCommandParts {
  devices: DeviceReader;
  revocation: Revocation;
  assisted: AssistedActivation;
  appUrl: string;
}

export function phoneCommandParts(
  { publicUrl, authenticator, mail }: Configuration,
  base: {
    database: SqlDatabase;
    audit: AuditLog;
    outbox: Outbox;
    sealer: Sealer;
    clock: Clock;
    random: RandomSource;
  },
): PhoneCommandParts {
  const revocation = createAnnouncedRevocation({
    ...base,
    removeCodes: removeCodeCredential,
    ends: authenticator.revocationEnds,
  });
  const codes = createCodeCredentials(base);
  const desk = createActivationDesk({ ...base, codes, revocation, onActivated: () => {} });
  return {
    devices: createDeviceReader(base.database),
    revocation,
    assisted: createAssistedActivation({
      ...base,
      desk,
      revocation,
      // A folder is nobody's mailbox.
      sendsMail: mail.kind === 'smtp',
      lifetimeMs: authenticator.activationLifetime,
    }),
    appUrl: publicUrl.absolute('/authenticator/'),
  };
}
