import { requestRefused } from '../audit/events/sign-in-events.js';
import type { AuditLog } from '../audit/audit-log.js';
import type { FailureReason } from '../audit/failure-reasons.js';
import { refusalStatus } from '../web/failure-status.js';
import { failureView, type FailureView } from '../web/failure-view.js';
import type { AccountVisit } from './account-guard.js';
import { accountParty } from './account-party.js';

/** Why a form is shown again, and with which HTTP status. */
export interface Refusal {
  failure: FailureView;
  status: number;
}

export async function refuse(
  audit: Pick<AuditLog, 'record'>,
  visit: Pick<AccountVisit, 'person' | 'at'>,
  reason: FailureReason,
  factor: string,
): Promise<Refusal> {
  const { clientAddress } = visit.at;
  const about = { person: visit.person.id, relyingParty: accountParty.id, clientAddress };
  const reference = await audit.record(requestRefused(about, reason, { entry: 'account', factor }));
  return {
    failure: failureView(reason, reference),
    status: refusalStatus(reason),
  };
}
