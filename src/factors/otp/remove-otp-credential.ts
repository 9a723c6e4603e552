import { factorRemoved } from '../../audit/events/factor-events.js';
import type { AuditLog } from '../../audit/audit-log.js';
import { holdAsRead } from '../../directory/hold-person.js';
import type { Person } from '../../directory/person.js';
import type { Outbox } from '../../jobs/outbox.js';
import type { Clock } from '../../kernel/clock.js';
import type { SqlDatabase } from '../../storage/sql/sql-database.js';
import type { FactorContext } from '../factor.js';
import { notifyOfFactor } from '../factor-notice.js';
import { otpFactorName, ownLabel } from './otp-factor-name.js';

/** Deletes the secret itself, so that its codes are worth nothing from the commit on. */
export function removeOtpCredential(
  deps: { database: SqlDatabase; audit: AuditLog; outbox: Outbox; clock: Clock },
  person: Person,
  credentialId: string,
  context?: FactorContext,
): Promise<boolean> {
  return deps.database.transaction(async (tx) => {
    if (!(await holdAsRead(tx, person))) return false;
    const removed = await tx
      .deleteFrom('otp_credentials')
      .where('id', '=', credentialId)
      .where('person_id', '=', person.id)
      .returning('label')
      .executeTakeFirst();
    if (removed === undefined) return false;
    const gone = { factor: otpFactorName, credential: credentialId, label: removed.label };
    await deps.audit.recordIn(tx, factorRemoved({ person: person.id, ...context }, gone));
    const at = deps.clock.now();
    const notice = { factor: otpFactorName, at, ...ownLabel(removed.label) };
    await notifyOfFactor(deps.outbox, tx, person, { template: 'factor-removed', ...notice });
    return true;
  });
}
