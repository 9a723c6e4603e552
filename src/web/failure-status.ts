import type { FailureReason } from '../audit/failure-reasons.js';

const statuses: Partial<Readonly<Record<FailureReason, number>>> = {
  form_not_ours: 403,
  policy_denied: 403,
  strength_unreachable: 403,
  sign_in_other_browser: 403,
  not_found: 404,
  body_too_large: 413,
  internal_error: 500,
  overloaded: 503,
  service_unavailable: 503,
};

/** The HTTP status of a page that only tells a failure. Forms shown again answer as their step decides. */
export function failureStatus(reason: FailureReason): number {
  return statuses[reason] ?? 400;
}
