import { protocolSections } from '../server/protocol-sections.js';
import { auditCommands } from './audit-commands.js';
import type { Command } from './command.js';
import { createConfigCheck } from './config-check.js';
import { deviceCommands } from './device-commands.js';
import { keyCommands } from './key-commands.js';
import { m365Commands } from './m365/m365-commands.js';
import { personCommands } from './person-commands.js';
import { registrationCommands } from './registration-commands.js';
import { policyExplain } from './policy-explain.js';
import { rpCommands } from './rp-commands.js';
import { versionCommand } from './version.js';

/** Every command of `npx drawbridge`. */
export const commands: readonly Command[] = [
  createConfigCheck(protocolSections),
  ...personCommands,
  ...deviceCommands,
  ...rpCommands,
  policyExplain,
  ...keyCommands,
  ...m365Commands,
  ...registrationCommands,
  ...auditCommands,
  versionCommand,
];
