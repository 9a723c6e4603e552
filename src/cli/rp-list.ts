import { parseArgs } from 'node:util';
import { allParties, describeState } from './all-parties.js';
import { printLine, type Command } from './command.js';
import { withConfiguredParties } from './configured-parties.js';
import { printable } from './printable.js';

const origins = { file: 'file', import: 'imported', registration: 'registered itself' };

export const rpList: Command = {
  name: 'rp list',
  summary: 'List the services, with where they are described and how their metadata stands',
  usage: 'rp list',
  async run(args, io) {
    parseArgs({ args });
    return withConfiguredParties(io, async (parts) => {
      const { parties, states, skipped } = await allParties(parts);
      const width = Math.max(0, ...parties.map(({ party }) => party.id.length));
      for (const { party, from } of parties) {
        const state = states.get(party.id);
        const remarks = [party.protocol, origins[from]];
        if (!party.enabled) remarks.push('disabled');
        if (state !== undefined) remarks.push(describeState(state, parts.clock.now()));
        const line = `${party.id.padEnd(width)}  ${party.name} (${remarks.join(', ')})`;
        printLine(io.stdout, printable(line));
      }
      if (parties.length === 0) printLine(io.stdout, 'There are none.');
      for (const text of skipped) {
        printLine(io.stderr, 'Left out:');
        for (const line of text.split('\n')) printLine(io.stderr, printable(line));
      }
      return 0;
    });
  },
};
