import type { AuditLog } from '../audit/audit-log.js';
import type { FailureReason } from '../audit/failure-reasons.js';
import { failureStatus } from '../web/failure-status.js';
import { failureView, type FailureView } from '../web/failure-view.js';
import type { AccountVisit } from './account-guard.js';
import { accountParty } from './account-party.js';

/** Why a form is shown again, and with which HTTP status. */
export interface Refusal {
  failure: FailureView;
  status: number;
}

/** What was typed did not prove what it should; such attempts are worth an audit row. */
const unproved: ReadonlySet<FailureReason> = new Set([
  'wrong_credentials',
  'unknown_person',
  'password_locked',
  'person_disabled',
  'no_password_set',
  'wrong_code',
  'code_already_used',
  'factor_locked',
]);

export async function refuse(
  audit: Pick<AuditLog, 'record'>,
  visit: Pick<AccountVisit, 'person' | 'at'>,
  reason: FailureReason,
  factor: string,
): Promise<Refusal> {
  if (!unproved.has(reason)) {
    return { failure: failureView(reason, null), status: failureStatus(reason) };
  }
  const reference = await audit.record({
    kind: 'sign_in.failed',
    person: visit.person.id,
    relyingParty: accountParty.id,
    reason,
    clientAddress: visit.at.clientAddress,
    data: { entry: 'account', factor },
  });
  return { failure: failureView(reason, reference), status: 401 };
}
