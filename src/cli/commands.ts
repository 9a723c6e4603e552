import { protocolSections } from '../server/protocol-sections.js';
import { auditCommands } from './audit-commands.js';
import type { Command } from './command.js';
import { createConfigCheck } from './config-check.js';
import { deviceCommands } from './device-commands.js';
import { keyCommands } from './key-commands.js';
import { personCommands } from './person-commands.js';
import { createPolicyExplain } from './policy-explain.js';

/** Every command of `npx drawbridge`. */
export const commands: readonly Command[] = [
  createConfigCheck(protocolSections),
  ...personCommands,
  ...deviceCommands,
  createPolicyExplain(protocolSections),
  ...keyCommands,
  ...auditCommands,
];
