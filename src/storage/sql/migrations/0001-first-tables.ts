import type { DialectWords, Migration } from './migration.js';

/** Every table of `tables.ts`; `docs/storage.md` says who owns which. */
export const firstTables: Migration = {
  name: '0001-first-tables',
  statements: (words) => [
    ...people(words),
    ...factors(words),
    ...issuers(words),
    ...oidc(words),
    ...audit(words),
    ...work(words),
  ],
};

function people({ integer, endOfTable }: DialectWords): string[] {
  return [
    `create table people (
      id text primary key,
      username text not null unique,
      name text not null,
      mail text,
      upn text,
      attributes text not null,
      locale text,
      epoch ${integer} not null,
      disabled_at ${integer},
      created_at ${integer} not null,
      updated_at ${integer} not null,
      record_version ${integer} not null,
      password_hash text,
      password_changed_at ${integer},
      password_failures ${integer} not null,
      password_failed_at ${integer},
      password_locked_until ${integer},
      known_browser_failures ${integer} not null,
      known_browser_failed_at ${integer},
      known_browser_locked_until ${integer},
      password_failures_total ${integer} not null
    ${endOfTable}`,
    'create index people_mail on people (mail)',
    'create index people_upn on people (upn)',
    `create table person_aliases (
      alias text primary key,
      person_id text not null references people (id) on delete cascade
    ${endOfTable}`,
    'create index person_aliases_person on person_aliases (person_id)',
    `create table groups (
      name text primary key,
      created_at ${integer} not null
    ${endOfTable}`,
    `create table person_groups (
      person_id text not null references people (id) on delete cascade,
      group_name text not null references groups (name) on delete cascade,
      primary key (person_id, group_name)
    ${endOfTable}`,
    'create index person_groups_group on person_groups (group_name)',
    `create table one_time_links (
      id_hash text primary key,
      purpose text not null,
      person_id text not null references people (id) on delete cascade,
      epoch ${integer} not null,
      created_at ${integer} not null,
      expires_at ${integer} not null,
      used_at ${integer}
    ${endOfTable}`,
    'create index one_time_links_person on one_time_links (person_id)',
    'create index one_time_links_expiry on one_time_links (expires_at)',
  ];
}

function factors({ integer, endOfTable }: DialectWords): string[] {
  return [
    `create table otp_credentials (
      id text primary key,
      person_id text not null references people (id) on delete cascade,
      label text not null,
      secret_sealed text not null,
      algorithm text not null,
      digits ${integer} not null,
      period ${integer} not null,
      last_step ${integer} not null,
      drift ${integer} not null,
      drift_run ${integer} not null,
      failures ${integer} not null,
      failed_at ${integer},
      locked_until ${integer},
      created_at ${integer} not null,
      last_used_at ${integer}
    ${endOfTable}`,
    'create index otp_credentials_person on otp_credentials (person_id)',
    `create table recovery_codes (
      id text primary key,
      person_id text not null references people (id) on delete cascade,
      code_hash text not null,
      created_at ${integer} not null,
      used_at ${integer}
    ${endOfTable}`,
    'create index recovery_codes_person on recovery_codes (person_id)',
    `create table recovery_code_sets (
      person_id text primary key references people (id) on delete cascade,
      generated_at ${integer} not null,
      failures ${integer} not null,
      failed_at ${integer},
      locked_until ${integer}
    ${endOfTable}`,
  ];
}

function issuers({ integer, endOfTable }: DialectWords): string[] {
  return [
    `create table issuers (
      id text primary key,
      entity_id text not null unique,
      domains text not null,
      created_at ${integer} not null
    ${endOfTable}`,
    `create table signing_keys (
      kid text primary key,
      issuer_id text not null,
      purpose text not null,
      algorithm text not null,
      private_jwk_sealed text not null,
      public_jwk text not null,
      certificate text,
      published_at ${integer} not null,
      use_from ${integer} not null,
      retire_at ${integer}
    ${endOfTable}`,
    'create index signing_keys_issuer on signing_keys (issuer_id, purpose)',
    `create table secrets (
      name text primary key,
      sealed text not null,
      created_at ${integer} not null
    ${endOfTable}`,
  ];
}

function oidc({ integer, endOfTable }: DialectWords): string[] {
  return [
    `create table oidc_grants (
      id text primary key,
      person_id text not null references people (id) on delete cascade,
      client_id text not null,
      epoch ${integer} not null,
      payload text not null,
      created_at ${integer} not null,
      expires_at ${integer} not null,
      revoked_at ${integer}
    ${endOfTable}`,
    'create index oidc_grants_person on oidc_grants (person_id)',
    'create index oidc_grants_expiry on oidc_grants (expires_at)',
    `create table oidc_refresh_tokens (
      id_hash text primary key,
      grant_id text not null references oidc_grants (id) on delete cascade,
      payload text not null,
      created_at ${integer} not null,
      expires_at ${integer} not null,
      consumed_at ${integer}
    ${endOfTable}`,
    'create index oidc_refresh_tokens_grant on oidc_refresh_tokens (grant_id)',
    'create index oidc_refresh_tokens_expiry on oidc_refresh_tokens (expires_at)',
    `create table consumed (
      namespace text not null,
      id_hash text not null,
      expires_at ${integer} not null,
      primary key (namespace, id_hash)
    ${endOfTable}`,
    'create index consumed_expiry on consumed (expires_at)',
  ];
}

/** No foreign key on the person: what happened stays told after somebody is deleted. */
function audit({ integer, endOfTable }: DialectWords): string[] {
  return [
    `create table audit_events (
      reference text primary key,
      at ${integer} not null,
      kind text not null,
      person_id text,
      relying_party text,
      reason text,
      client_address text,
      data text not null,
      seq ${integer} unique,
      previous_hash text,
      hash text
    ${endOfTable}`,
    'create index audit_events_person on audit_events (person_id, at)',
    'create index audit_events_time on audit_events (at)',
    'create index audit_events_unsealed on audit_events (at) where seq is null',
  ];
}

function work({ integer, countedKey, endOfTable }: DialectWords): string[] {
  return [
    `create table jobs (
      id text primary key,
      kind text not null,
      payload text not null,
      run_at ${integer} not null,
      attempts ${integer} not null,
      leased_by text,
      leased_until ${integer},
      done_at ${integer},
      failed_at ${integer},
      last_error text,
      created_at ${integer} not null
    ${endOfTable}`,
    'create index jobs_due on jobs (done_at, run_at)',
    `create table leases (
      name text primary key,
      holder text not null,
      until ${integer} not null
    ${endOfTable}`,
    `create table change_feed (
      seq ${countedKey},
      topic text not null,
      at ${integer} not null
    ${endOfTable}`,
    'create index change_feed_time on change_feed (at)',
  ];
}
