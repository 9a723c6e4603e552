import { factorRemoved } from '../audit/events/factor-events.js';
import { holdPerson } from '../directory/hold-person.js';
import type { AuditLog } from '../audit/audit-log.js';
import type { Outbox } from '../jobs/outbox.js';
import type { Clock } from '../kernel/clock.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';
import type { CodeCredentials } from './code-credentials.js';
import type { Profile } from './profile.js';
import { voidWhatCodesOpened, type RevocationEnds } from './void-what-it-opened.js';

/** The server forgets a profile's code secret, and what was opened with its codes ends; they come back only by a new activation. */
export type ForgetCodes = (profile: Profile, clientAddress: string) => Promise<void>;

export function createForgetCodes(deps: {
  database: SqlDatabase;
  audit: Pick<AuditLog, 'recordIn'>;
  codes: Pick<CodeCredentials, 'remove'>;
  outbox: Outbox;
  clock: Clock;
  /** What ends with a phone, and so with its codes. */
  ends: RevocationEnds;
}): ForgetCodes {
  const { database, audit, codes } = deps;
  return ({ id, person, codeCredential, name: label }, clientAddress) =>
    database.transaction(async (tx) => {
      if (codeCredential === null) return;
      await holdPerson(tx, person);
      const changed = await tx
        .updateTable('profiles')
        .set({ code_credential: null })
        .where('id', '=', id)
        .where('code_credential', '=', codeCredential)
        .returning('id')
        .executeTakeFirst();
      if (changed === undefined) return;
      await codes.remove(tx, person, codeCredential);
      await voidWhatCodesOpened(deps, tx, { person, codeCredential }, deps.ends);
      const gone = { factor: 'otp', credential: codeCredential, label };
      await audit.recordIn(tx, factorRemoved({ person, clientAddress }, gone));
    });
}
