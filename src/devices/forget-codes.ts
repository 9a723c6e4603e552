import { factorRemoved } from '../audit/events/factor-events.js';
import type { AuditLog } from '../audit/audit-log.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';
import type { CodeCredentials } from './code-credentials.js';
import type { Profile } from './profile.js';

/** The server forgets a profile's code secret; codes come back only by a new activation. */
export type ForgetCodes = (profile: Profile, clientAddress: string) => Promise<void>;

export function createForgetCodes(deps: {
  database: SqlDatabase;
  audit: Pick<AuditLog, 'recordIn'>;
  codes: Pick<CodeCredentials, 'remove'>;
}): ForgetCodes {
  const { database, audit, codes } = deps;
  return ({ id, person, codeCredential, name: label }, clientAddress) =>
    database.transaction(async (tx) => {
      if (codeCredential === null) return;
      const changed = await tx
        .updateTable('profiles')
        .set({ code_credential: null })
        .where('id', '=', id)
        .where('code_credential', '=', codeCredential)
        .returning('id')
        .executeTakeFirst();
      if (changed === undefined) return;
      await codes.remove(tx, person, codeCredential);
      const gone = { factor: 'otp', credential: codeCredential, label };
      await audit.recordIn(tx, factorRemoved({ person, clientAddress }, gone));
    });
}
