import { protocolSections } from '../server/protocol-sections.js';
import type { Command } from './command.js';
import { createConfigCheck } from './config-check.js';

/** Every command of `npx drawbridge`. */
export const commands: readonly Command[] = [createConfigCheck(protocolSections)];
