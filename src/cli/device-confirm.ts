import { parseArgs } from 'node:util';
import { printLine, UsageError, type Command } from './command.js';
import type { WithPeople } from './configured-people.js';
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
    return withPeople(io, async ({ database, phones, reader }) => {
      const person = await reader.findByAlias(username);
      const waiting = person === null ? null : await phones.desk.waiting(person.id);
      if (person === null || waiting === null) {
        printLine(io.stderr, `No phone of ${username} waits to be confirmed.`);
        return 1;
      }
      const { id } = waiting.activation;
      const name = printable(waiting.deviceName ?? '');
      if (waiting.fingerprint !== digits) {
        await database.transaction((tx) => phones.desk.refuse(tx, id, person.id));
        printLine(io.stderr, `“${name}” shows other digits. It has been refused.`);
        return 1;
      }
      const confirmed = await database.transaction((tx) => phones.desk.confirm(tx, id, person.id));
      if (confirmed === null) {
        printLine(io.stderr, 'It is not waiting any more.');
        return 1;
      }
      printLine(io.stdout, `“${name}” can now approve sign-ins of ${person.username}.`);
      return 0;
    });
  },
});
