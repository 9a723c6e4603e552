import { readPrefixedId } from '../kernel/prefixed-id.js';
import { parseArgs } from 'node:util';
import { printLine, UsageError, type Command } from './command.js';
import { commandLine, type WithPeople } from './configured-people.js';
import { printIssued } from './device-activation.js';

export const deviceReactivate = (withPeople: WithPeople): Command => ({
  name: 'device reactivate',
  summary: 'Take a phone out of use and issue a code for it, or for the one after it',
  usage: `device reactivate ID

ID is what device list shows (prf_...). As device revoke and device activation together, or neither: for a forgotten PIN, or a phone
that was replaced. Saying it again makes the code before void.`,
  async run(args, io) {
    const { positionals } = parseArgs({ args, options: {}, allowPositionals: true });
    const [named, more] = positionals;
    if (named === undefined || more !== undefined) throw new UsageError('Name one phone.');
    return withPeople(io, async ({ phones, reader }) => {
      const id = readPrefixedId('prf', named);
      const profile = id === null ? null : await phones.devices.profile(id);
      const person = profile === null ? null : await reader.find(profile.person);
      if (profile === null || person === null) {
        printLine(io.stderr, `There is no phone ${named}.`);
        return 1;
      }
      const outcome = await phones.assisted.reactivate(profile, person, { actor: commandLine });
      return printIssued(outcome, person, phones, io);
    });
  },
});
