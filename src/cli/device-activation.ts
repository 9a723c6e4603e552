import { activationLink, groupedActivationCode } from '../devices/wire/activation-code.js';
import { printLine, type Command } from './command.js';
import { commandLine, type WithPeople } from './configured-people.js';
import { printableTime } from './printable.js';
import { withNamedPerson } from './with-named-person.js';

export const deviceActivation = (withPeople: WithPeople): Command => ({
  name: 'device activation',
  summary: 'Issue a code with which a person adds a phone',
  usage: `device activation USERNAME

USERNAME may also be the mail address or UPN. Prints the code, to be handed over (in person, by letter), and mails a second
secret to the person; where mail is not set up it is printed too, to be told another way. A code issued before is void.
When the phone shows six digits, the person reads them to you, and you say device confirm. First make sure who is asking.`,
  run: (args, io) =>
    withNamedPerson(withPeople, args, io, async (parts, person) => {
      if (person.disabled) {
        printLine(io.stderr, `${person.username} is disabled; a code would not work.`);
        return 1;
      }
      const { desk, outbox, appUrl, activationLifetimeMs: lifetimeMs } = parts.phones;
      const mailed = parts.sendsMail && person.mail !== null;
      const issued = await parts.database.transaction(async (tx) => {
        const actor = commandLine;
        const code = await desk.issue(tx, person, { origin: 'administrator', actor, lifetimeMs });
        if (mailed && person.mail !== null) {
          const { mail: to, locale, name } = person;
          const { secondSecret: secret, expiresAt } = code;
          const payload = { template: 'phone-secret', to, locale, name, secret, at: expiresAt };
          await outbox.enqueue(tx, { kind: 'mail', payload });
        }
        return code;
      });
      const { code, secondSecret, expiresAt } = issued;
      printLine(io.stdout, `Works once, until ${printableTime(expiresAt)}.`);
      printLine(io.stdout, `Code           ${groupedActivationCode(code)}`);
      printLine(io.stdout, `Link           ${activationLink(appUrl, code)}`);
      printLine(
        io.stdout,
        mailed ? `Second secret  mailed to ${person.mail}` : `Second secret  ${secondSecret}`,
      );
      return 0;
    }),
});
