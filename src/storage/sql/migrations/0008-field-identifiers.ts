import type { Migration } from './migration.js';

/** Identifiers that services were told and that are taken from a field of a person: whose each of them is. */
export const fieldIdentifiers: Migration = {
  name: '0008-field-identifiers',
  statements: ({ integer, endOfTable }) => [
    `create table field_identifiers (
      audience text not null,
      value text not null,
      person_id text not null references people (id) on delete cascade,
      since ${integer} not null,
      primary key (audience, value)
    ${endOfTable}`,
    'create index field_identifiers_person on field_identifiers (person_id)',
  ],
};
