/**
 * The closed set of reasons for which something a person or a relying party asked for does not happen.
 * Each has a short code that is shown on the page, a text in every language (`views/locales/*.json`,
 * `failure.<reason>`), and a flow test. What people read may be vaguer than the reason: `shownAs` names the
 * reason whose text and code are shown instead, so that pages do not tell known from unknown people. A page also shows
 * the reference of its audit row, except for `not_found` (nothing was asked of us), `overloaded` and
 * `service_unavailable` (there may be nothing to write to).
 */
export const failureReasons = {
  wrong_credentials: { code: 'DB-101' },
  unknown_person: { code: 'DB-102', shownAs: 'wrong_credentials' },
  password_locked: { code: 'DB-103', shownAs: 'wrong_credentials' },
  person_disabled: { code: 'DB-104', shownAs: 'wrong_credentials' },
  no_password_set: { code: 'DB-105', shownAs: 'wrong_credentials' },
  credentials_missing: { code: 'DB-106' },
  wrong_code: { code: 'DB-201' },
  code_already_used: { code: 'DB-202' },
  code_malformed: { code: 'DB-203' },
  factor_locked: { code: 'DB-204' },
  no_factor_enrolled: { code: 'DB-205' },
  enrolment_expired: { code: 'DB-206' },
  wrong_recovery_code: { code: 'DB-207' },
  factor_locked_for_good: { code: 'DB-208' },
  recovery_code_malformed: { code: 'DB-209' },
  push_denied: { code: 'DB-211' },
  push_not_me: { code: 'DB-212' },
  push_expired: { code: 'DB-213' },
  push_wrong_number: { code: 'DB-214' },
  push_replaced: { code: 'DB-215' },
  push_locked: { code: 'DB-216' },
  push_over_budget: { code: 'DB-217' },
  push_busy: { code: 'DB-218', shownAs: 'push_over_budget' },
  push_silenced: { code: 'DB-219', shownAs: 'push_over_budget' },
  phone_refused: { code: 'DB-220' },
  push_removed: { code: 'DB-221' },
  sign_in_expired: { code: 'DB-301' },
  sign_in_other_browser: { code: 'DB-302' },
  form_not_ours: { code: 'DB-303' },
  step_out_of_order: { code: 'DB-304' },
  cookies_blocked: { code: 'DB-305' },
  cancelled: { code: 'DB-306' },
  subject_mismatch: { code: 'DB-308' },
  sign_in_not_listed: { code: 'DB-309' },
  policy_denied: { code: 'DB-401' },
  strength_unreachable: { code: 'DB-402' },
  unknown_relying_party: { code: 'DB-403' },
  request_invalid: { code: 'DB-404' },
  redirect_not_registered: { code: 'DB-405' },
  session_ended: { code: 'DB-406' },
  consent_denied: { code: 'DB-407' },
  device_code_unknown: { code: 'DB-408' },
  device_code_limit: { code: 'DB-409' },
  assertion_impossible: { code: 'DB-410' },
  password_too_short: { code: 'DB-501' },
  password_too_long: { code: 'DB-502' },
  password_blocked: { code: 'DB-503' },
  password_unchanged: { code: 'DB-504' },
  passwords_differ: { code: 'DB-505' },
  link_invalid: { code: 'DB-506' },
  not_found: { code: 'DB-601' },
  body_too_large: { code: 'DB-602' },
  overloaded: { code: 'DB-701' },
  service_unavailable: { code: 'DB-702' },
  internal_error: { code: 'DB-703' },
  client_token_refused: { code: 'DB-801' },
  client_scope_missing: { code: 'DB-802' },
  client_over_limit: { code: 'DB-803' },
  person_protected: { code: 'DB-804' },
  no_mail_address: { code: 'DB-805' },
  no_phone_waiting: { code: 'DB-806' },
  fingerprint_differs: { code: 'DB-807' },
} as const satisfies Record<string, { code: string; shownAs?: string }>;

export type FailureReason = keyof typeof failureReasons;

/** The reason whose text and code people see. */
export function shownReason(reason: FailureReason): FailureReason {
  const entry: { code: string; shownAs?: string } = failureReasons[reason];
  return (entry.shownAs as FailureReason | undefined) ?? reason;
}
