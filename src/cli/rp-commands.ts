import type { Command } from './command.js';
import { rpImport } from './rp-import.js';
import { rpList } from './rp-list.js';
import { rpRemove } from './rp-remove.js';
import { rpShow } from './rp-show.js';

export const rpCommands: readonly Command[] = [rpImport, rpList, rpShow, rpRemove];
