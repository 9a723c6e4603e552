import { parseArgs } from 'node:util';
import { printLine, UsageError, type Command } from './command.js';
import { commandLine, type WithPeople } from './configured-people.js';
import { printable } from './printable.js';

export const deviceConfirm = (withPeople: WithPeople): Command => ({
  name: 'device confirm',
  summary: 'Put a phone in force whose six digits the person has read to you',
  usage: `device confirm USERNAME DIGITS

DIGITS is what the phone shows at the end of its activation. Other digits than those of the phone that waits: it is refused, because then
somebody else's phone may be waiting.`,
  async run(args, io) {
    const { positionals } = parseArgs({ args, options: {}, allowPositionals: true });
    const [username, digits, more] = positionals;
    if (username === undefined || !/^[0-9]{6}$/.test(digits ?? '') || more !== undefined) {
      throw new UsageError('Name one person and the six digits.');
    }
    return withPeople(io, async ({ phones, reader }) => {
      const person = await reader.findByAlias(username);
      const confirmed =
        person === null
          ? null
          : await phones.assisted.confirm(person.id, digits ?? '', { actor: commandLine });
      if (person === null || confirmed === null || confirmed.state === 'not_waiting') {
        printLine(io.stderr, `No phone of ${username} waits to be confirmed.`);
        return 1;
      }
      if (confirmed.state === 'refused') {
        const name = printable(confirmed.deviceName);
        printLine(io.stderr, `“${name}” shows other digits. It has been refused.`);
        return 1;
      }
      const name = printable(confirmed.profile.name);
      printLine(io.stdout, `“${name}” can now approve sign-ins of ${person.username}.`);
      return 0;
    });
  },
});
