import type { Generated } from 'kysely';

/**
 * The durable tables as kysely sees them. Times are milliseconds since the epoch (bigint columns read as
 * numbers), structured values are JSON text, yes/no facts are nullable times ("when") rather than booleans.
 * `docs/storage.md` says who owns each table.
 */
export interface Tables {
  people: PeopleTable;
  person_aliases: { alias: string; person_id: string };
  groups: { name: string; created_at: number };
  person_groups: { person_id: string; group_name: string };
  one_time_links: OneTimeLinksTable;
  consumed: { namespace: string; id_hash: string; expires_at: number };
  otp_credentials: OtpCredentialsTable;
  recovery_codes: RecoveryCodesTable;
  recovery_code_sets: RecoveryCodeSetsTable;
  issuers: IssuersTable;
  signing_keys: SigningKeysTable;
  secrets: { name: string; sealed: string; created_at: number };
  relying_parties: RelyingPartiesTable;
  saml_metadata: SamlMetadataTable;
  saml_name_ids: SamlNameIdsTable;
  field_identifiers: FieldIdentifiersTable;
  external_accounts: ExternalAccountsTable;
  registration_tokens: RegistrationTokensTable;
  devices: DevicesTable;
  activations: ActivationsTable;
  profiles: ProfilesTable;
  ended_credentials: EndedCredentialsTable;
  ended_sessions: EndedSessionsTable;
  oidc_grants: OidcGrantsTable;
  oidc_refresh_tokens: OidcRefreshTokensTable;
  audit_events: AuditEventsTable;
  jobs: JobsTable;
  leases: { name: string; holder: string; until: number };
  change_feed: { seq: Generated<number>; topic: string; at: number };
}

export interface PeopleTable {
  id: string;
  username: string;
  name: string;
  mail: string | null;
  upn: string | null;
  /** JSON object: attribute name → array of strings. */
  attributes: string;
  locale: string | null;
  /** Bumped by everything that must end what was issued before: disable, password change, sign-out everywhere. */
  epoch: number;
  disabled_at: number | null;
  created_at: number;
  updated_at: number;
  record_version: number;
  /** PHC string; null until the first password is set. */
  password_hash: string | null;
  password_changed_at: number | null;
  /** Since when a new password has to be chosen at the next sign-in; null when none has to. */
  password_change_demanded_at: number | null;
  /** Counts attempts that are not known to be right; reserved before hashing. */
  password_failures: number;
  password_failed_at: number | null;
  password_locked_until: number | null;
  /** The budget of browsers that signed this person in before. */
  known_browser_failures: number;
  known_browser_failed_at: number | null;
  known_browser_locked_until: number | null;
  /** Consecutive failures over all locks; at 100 only another factor or the help desk opens again. */
  password_failures_total: number;
}

export interface OneTimeLinksTable {
  id_hash: string;
  purpose: string;
  person_id: string;
  epoch: number;
  created_at: number;
  expires_at: number;
  used_at: number | null;
}

export interface OtpCredentialsTable {
  id: string;
  person_id: string;
  label: string;
  secret_sealed: string;
  /** `totp` or `hotp`. */
  kind: Generated<string>;
  algorithm: string;
  digits: number;
  period: number;
  /** The youngest time step, or with `hotp` counter, that was accepted; -1 before the first of counter 0. */
  last_step: number;
  drift: number;
  /** Successive accepted codes on one side: positive ahead, negative behind. */
  drift_run: number;
  failures: number;
  /** Consecutive failures over all locks, as for passwords. */
  failures_total: Generated<number>;
  failed_at: number | null;
  locked_until: number | null;
  created_at: number;
  last_used_at: number | null;
}

export interface RecoveryCodesTable {
  id: string;
  person_id: string;
  code_hash: string;
  created_at: number;
  used_at: number | null;
}

export interface RecoveryCodeSetsTable {
  person_id: string;
  generated_at: number;
  failures: number;
  failures_total: Generated<number>;
  failed_at: number | null;
  locked_until: number | null;
}

export interface IssuersTable {
  id: string;
  entity_id: string;
  domains: string;
  created_at: number;
}

export interface SigningKeysTable {
  kid: string;
  issuer_id: string;
  purpose: string;
  algorithm: string;
  private_jwk_sealed: string;
  public_jwk: string;
  certificate: string | null;
  published_at: number;
  use_from: number;
  retire_at: number | null;
}

/** Relying parties that are in no file. */
export interface RelyingPartiesTable {
  id: string;
  protocol: string;
  /** JSON of what a file would say, without secrets. */
  document: string;
  /** `import` (an administrator) or `registration` (RFC 7591). */
  origin: string;
  /** JSON of the settings that are secret, sealed. */
  secret_sealed: string | null;
  /** SHA-256 of the token by which a registered client manages itself. */
  management_hash: string | null;
  created_at: number;
  updated_at: number;
}

/** Metadata of service providers that was imported or fetched. */
export interface SamlMetadataTable {
  relying_party: string;
  /** JSON: what was read from the accepted document about this one service. Null until the first was accepted. */
  metadata: string | null;
  /** Where it is fetched anew; null for what was given by file or paste. */
  source_url: string | null;
  /** SHA-256 over the certificates its signature was checked with; null when it was not to be signed. */
  pinned: string | null;
  fetched_at: number | null;
  /** When the next attempt is due, and nobody else makes one before. */
  refresh_at: number | null;
  failing_since: number | null;
  last_error: string | null;
}

/** Persistent name identifiers (SAML 2.0 core, 8.3.7): one for a person and a service provider. */
export interface SamlNameIdsTable {
  person_id: string;
  relying_party: string;
  value: string;
  created_at: number;
}

/** Whose an identifier is that a service was told and that stands in a field of a person. */
export interface FieldIdentifiersTable {
  /** Entity id or realm of the service. */
  audience: string;
  value: string;
  person_id: string;
  since: number;
}

/** Accounts of Entra tenants that were proved to belong to a person. */
export interface ExternalAccountsTable {
  tenant_id: string;
  object_id: string;
  person_id: string;
  linked_at: number;
}

/** Initial access tokens of dynamic client registration (RFC 7591, 3). */
export interface RegistrationTokensTable {
  id: string;
  token_hash: string;
  label: string;
  created_at: number;
  expires_at: number;
  /** How many more clients it may register. */
  remaining: number;
}

/** Phones and tablets with the authenticator, one row for each person that uses them. */
export interface DevicesTable {
  id: string;
  person_id: string;
  /** SHA-256 of the installation's random id and the person's id: the same phone is found again, and not across people. */
  installation_hash: string;
  name: string;
  created_at: number;
  last_seen_at: number | null;
  revoked_at: number | null;
}

/** Codes by which a phone may be added, from issue to confirmation. */
export interface ActivationsTable {
  id: string;
  code_hash: string;
  person_id: string;
  epoch: number;
  /** `self` or `administrator`. */
  origin: string;
  issued_by: string | null;
  second_secret_hash: string | null;
  second_secret_failures: number;
  /** SHA-256 of the call that used the code: the identical call again gets the same answer. */
  request_hash: string | null;
  profile_id: string | null;
  evaluations: number;
  created_at: number;
  expires_at: number;
  used_at: number | null;
  completed_at: number | null;
  confirmed_at: number | null;
  refused_at: number | null;
}

/** A person's credential on a device. The row outlives its revocation, so that the device can be told. */
export interface ProfilesTable {
  id: string;
  person_id: string;
  device_id: string;
  activation_id: string;
  name: string;
  /** Uncompressed P-256 points, base64url. */
  device_key: string;
  approval_key: string | null;
  /** Sealed; gone with the revocation, and with it every way to the approval key. */
  oprf_key_sealed: string | null;
  /** The row of `otp_credentials`, from the confirmation on; before that the id it will have. */
  code_credential: string | null;
  /** Sealed for that row, until the confirmation. */
  code_secret_sealed: string | null;
  seq: number;
  last_request_iat: number | null;
  last_request_hash: string | null;
  /** Evaluations that no valid approval has followed. */
  failures: number;
  failed_at: number | null;
  locked_at: number | null;
  push_sealed: string | null;
  push_endpoint_hash: string | null;
  created_at: number;
  activated_at: number | null;
  last_seen_at: number | null;
  last_used_at: number | null;
  revoked_at: number | null;
  revoked_because: string | null;
}

/** Credentials that were taken out of use together with whatever was opened by them. */
export interface EndedCredentialsTable {
  person_id: string;
  credential: string;
  ended_at: number;
}

/** Sessions that were ended before their time. */
export interface EndedSessionsTable {
  person_id: string;
  session: string;
  /** When the session would have ended anyway. */
  expires_at: number;
}

export interface OidcGrantsTable {
  id: string;
  person_id: string;
  client_id: string;
  epoch: number;
  payload: string;
  created_at: number;
  expires_at: number;
  revoked_at: number | null;
  /** Of the proofs it was given on, each between two spaces; null where none had any. */
  credentials: string | null;
}

export interface OidcRefreshTokensTable {
  id_hash: string;
  grant_id: string;
  payload: string;
  created_at: number;
  expires_at: number;
  consumed_at: number | null;
}

export interface AuditEventsTable {
  /** Short code shown to people; leads to this row. */
  reference: string;
  at: number;
  kind: string;
  person_id: string | null;
  relying_party: string | null;
  reason: string | null;
  client_address: string | null;
  data: string;
  /** Given by the sealer, without gaps; null until then. */
  seq: number | null;
  previous_hash: string | null;
  hash: string | null;
}

export interface JobsTable {
  id: string;
  kind: string;
  payload: string;
  run_at: number;
  attempts: number;
  leased_by: string | null;
  leased_until: number | null;
  done_at: number | null;
  failed_at: number | null;
  last_error: string | null;
  created_at: number;
}
