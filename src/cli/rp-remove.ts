import { parseArgs } from 'node:util';
import { removeImported } from '../protocols/saml/partners/carry-out-import.js';
import { registeredParties } from '../relying-parties/registered/registered-parties.js';
import { printLine, UsageError, type Command } from './command.js';
import { withConfiguredParties } from './configured-parties.js';
import { printable } from './printable.js';

export const rpRemove: Command = {
  name: 'rp remove',
  summary: 'Remove a service that was imported or has registered itself',
  usage: `rp remove ID

Services that are described in a file are removed there.`,
  async run(args, io) {
    const { positionals } = parseArgs({ args, allowPositionals: true });
    const [id] = positionals;
    if (id === undefined || positionals.length !== 1) throw new UsageError('Name the service.');
    return withConfiguredParties(io, async (parts) => {
      const row = (await registeredParties(parts.database.db)).find((one) => one.id === id);
      if (row === undefined || !(await removeImported(row, parts))) {
        const inFile = parts.inFiles.some((party) => party.id === id);
        const why = inFile ? 'is described in a file; remove it there' : 'does not exist';
        printLine(io.stderr, printable(`${id} ${why}.`));
        return 1;
      }
      printLine(io.stdout, printable(`${id} is removed. Running servers know it within a second.`));
      return 0;
    });
  },
};
