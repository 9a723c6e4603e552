import type { Migration } from './migration.js';

/** Codes that count presses instead of time, and how many wrong codes there were over all locks. */
export const countersAndLimits: Migration = {
  name: '0006-counters-and-limits',
  statements: ({ integer }) => [
    `alter table otp_credentials add column kind text not null default 'totp'`,
    `alter table otp_credentials add column failures_total ${integer} not null default 0`,
    `alter table recovery_code_sets add column failures_total ${integer} not null default 0`,
  ],
};
