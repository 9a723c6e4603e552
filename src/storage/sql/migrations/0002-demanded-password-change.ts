import type { Migration } from './migration.js';

export const demandedPasswordChange: Migration = {
  name: '0002-demanded-password-change',
  statements: ({ integer }) => [
    `alter table people add column password_change_demanded_at ${integer}`,
  ],
};
