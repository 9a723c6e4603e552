import { firstTables } from './0001-first-tables.js';
import { demandedPasswordChange } from './0002-demanded-password-change.js';
import { registeredPartiesAndSaml } from './0003-registered-parties-and-saml.js';
import { authenticator } from './0004-authenticator.js';
import { externalMfa } from './0005-external-mfa.js';
import { countersAndLimits } from './0006-counters-and-limits.js';
import { endedCredentials } from './0007-ended-credentials.js';
import { fieldIdentifiers } from './0008-field-identifiers.js';
import { endedSessions } from './0009-ended-sessions.js';
import type { Migration } from './migration.js';

/** In the order they are applied. Named here one by one because the product is bundled: there is no folder to scan. */
export const allMigrations: readonly Migration[] = [
  firstTables,
  demandedPasswordChange,
  registeredPartiesAndSaml,
  authenticator,
  externalMfa,
  countersAndLimits,
  endedCredentials,
  fieldIdentifiers,
  endedSessions,
];
