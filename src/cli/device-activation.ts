import type { AssistedOutcome } from '../devices/assisted-activation.js';
import { activationLink, groupedActivationCode } from '../devices/wire/activation-code.js';
import { printLine, type Command, type CommandIo } from './command.js';
import { commandLine, type PersonCommandParts, type WithPeople } from './configured-people.js';
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
    withNamedPerson(withPeople, args, io, async ({ phones }, person) => {
      const outcome = await phones.assisted.issue(person, { actor: commandLine });
      return printIssued(outcome, person, phones, io);
    }),
});

/** Prints the code and answers with the exit code. */
export function printIssued(
  outcome: AssistedOutcome,
  { username }: { username: string },
  { appUrl }: Pick<PersonCommandParts['phones'], 'appUrl'>,
  io: CommandIo,
): number {
  if (!outcome.ok) {
    printLine(io.stderr, `${username} is disabled; a code would not work.`);
    return 1;
  }
  const { issued, mailedTo } = outcome;
  const { code, secondSecret, expiresAt } = issued;
  printLine(io.stdout, `Works once, until ${printableTime(expiresAt)}.`);
  printLine(io.stdout, `Code           ${groupedActivationCode(code)}`);
  printLine(io.stdout, `Link           ${activationLink(appUrl, code)}`);
  printLine(
    io.stdout,
    mailedTo === null ? `Second secret  ${secondSecret}` : `Second secret  mailed to ${mailedTo}`,
  );
  return 0;
}
