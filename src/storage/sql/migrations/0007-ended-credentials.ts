import type { Migration } from './migration.js';

/** Credentials that were taken out of use together with whatever was opened by them. */
export const endedCredentials: Migration = {
  name: '0007-ended-credentials',
  statements: ({ integer, endOfTable }) => [
    `create table ended_credentials (
      person_id text not null references people (id) on delete cascade,
      credential text not null,
      ended_at ${integer} not null,
      primary key (person_id, credential)
    ${endOfTable}`,
    'create index ended_credentials_time on ended_credentials (ended_at)',
    'alter table oidc_grants add column credentials text',
  ],
};
