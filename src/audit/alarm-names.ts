/** Everything an operator is woken for. Closed, because it is a metric label and a mail subject. */
export const alarmNames = [
  'configuration_refused',
  'registered_party_refused',
  'saml_metadata_stale',
  'saml_metadata_expiring',
  'entra_keys_stale',
  'job_failed',
  'schedule_failed',
  'audit_sealing_stuck',
  'dependency_unavailable',
] as const;

export type AlarmName = (typeof alarmNames)[number];
