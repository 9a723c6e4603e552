import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { viewsFolder } from '../server/package-folder.js';
import { printLine, type Command } from './command.js';

/** Named as people write it who look for it. */
export const versionCommand: Command = {
  name: '--version',
  summary: 'Print the version of Drawbridge and of Node',
  usage: '--version',
  async run(_args, io) {
    const written = await readFile(join(viewsFolder(), '..', 'package.json'), 'utf8');
    const { version } = JSON.parse(written) as { version: string };
    printLine(io.stdout, `drawbridge ${version}, Node ${process.version}`);
    return 0;
  },
};
