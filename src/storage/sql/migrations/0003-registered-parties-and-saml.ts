import type { Migration } from './migration.js';

/** Relying parties that are not in a file, what partners' metadata says, and names that service providers know people by. */
export const registeredPartiesAndSaml: Migration = {
  name: '0003-registered-parties-and-saml',
  statements: ({ integer, endOfTable }) => [
    `create table relying_parties (
      id text primary key,
      protocol text not null,
      document text not null,
      origin text not null,
      secret_sealed text,
      management_hash text,
      created_at ${integer} not null,
      updated_at ${integer} not null
    ${endOfTable}`,
    `create table saml_metadata (
      relying_party text primary key,
      metadata text,
      source_url text,
      pinned text,
      fetched_at ${integer},
      refresh_at ${integer},
      failing_since ${integer},
      last_error text
    ${endOfTable}`,
    `create table saml_name_ids (
      person_id text not null references people (id) on delete cascade,
      relying_party text not null,
      value text not null unique,
      created_at ${integer} not null,
      primary key (person_id, relying_party)
    ${endOfTable}`,
    `create table registration_tokens (
      id text primary key,
      token_hash text not null unique,
      label text not null,
      created_at ${integer} not null,
      expires_at ${integer} not null,
      remaining ${integer} not null
    ${endOfTable}`,
  ],
};
