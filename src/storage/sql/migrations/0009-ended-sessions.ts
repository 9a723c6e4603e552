import type { Migration } from './migration.js';

/** Sessions that were ended before their time, for as long as a copy of them could come back to life. */
export const endedSessions: Migration = {
  name: '0009-ended-sessions',
  statements: ({ integer, endOfTable }) => [
    `create table ended_sessions (
      person_id text not null references people (id) on delete cascade,
      session text not null,
      expires_at ${integer} not null,
      primary key (person_id, session)
    ${endOfTable}`,
    'create index ended_sessions_time on ended_sessions (expires_at)',
  ],
};
