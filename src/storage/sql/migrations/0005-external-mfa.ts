import type { Migration } from './migration.js';

/** Which account of an Entra tenant belongs to which person: one of a tenant for each. */
export const externalMfa: Migration = {
  name: '0005-external-mfa',
  statements: ({ integer, endOfTable }) => [
    `create table external_accounts (
      tenant_id text not null,
      object_id text not null,
      person_id text not null references people (id) on delete cascade,
      linked_at ${integer} not null,
      primary key (tenant_id, object_id),
      unique (tenant_id, person_id)
    ${endOfTable}`,
  ],
};
