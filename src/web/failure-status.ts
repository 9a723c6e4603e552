import type { FailureReason } from '../audit/failure-reasons.js';

const statuses: Partial<Readonly<Record<FailureReason, number>>> = {
  form_not_ours: 403,
  policy_denied: 403,
  strength_unreachable: 403,
  sign_in_other_browser: 403,
  not_found: 404,
  body_too_large: 413,
  device_code_limit: 429,
  push_over_budget: 429,
  push_busy: 429,
  push_silenced: 429,
  internal_error: 500,
  overloaded: 503,
  service_unavailable: 503,
};

/** The HTTP status of a page that only tells a failure. Forms shown again answer as their step decides. */
export function failureStatus(reason: FailureReason): number {
  return statuses[reason] ?? 400;
}

/** What was typed did not prove what it should. */
const unproved: ReadonlySet<FailureReason> = new Set([
  'wrong_credentials',
  'unknown_person',
  'password_locked',
  'person_disabled',
  'no_password_set',
  'wrong_code',
  'code_already_used',
  'factor_locked',
  'factor_locked_for_good',
  'wrong_recovery_code',
  'push_denied',
  'push_not_me',
  'push_expired',
  'push_wrong_number',
  'push_replaced',
  'push_locked',
  'push_removed',
]);

/** The HTTP status of a form that is shown again: 401 where a proof failed, else a matter of the form. */
export function refusalStatus(reason: FailureReason): number {
  return unproved.has(reason) ? 401 : failureStatus(reason);
}
