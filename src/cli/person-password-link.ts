import { aboutOnePerson } from './about-one-person.js';
import { printLine, type Command } from './command.js';
import { byCommand, type WithPeople } from './configured-people.js';

export const personPasswordLink = (withPeople: WithPeople): Command =>
  aboutOnePerson(withPeople, {
    word: 'password-link',
    summary: 'Print a link that sets a new password, once',
    explanation: `Works for 30 minutes, or for 72 hours where no password has been set yet; also sent by mail where mail is set up and
the person has an address. Whoever opens it first chooses the password: hand it to nobody but the person. The second
factor is still asked for. The old password works until a new one is set.`,
    async run({ issuePasswordLink, sendsMail }, person, io) {
      if (person.disabled) {
        printLine(io.stderr, `${person.username} is disabled; a link would not work.`);
        return 1;
      }
      const { link, lifetime, mailed } = await issuePasswordLink(person, sendsMail, byCommand);
      const minutes = Math.round(lifetime / 60_000);
      const time = minutes >= 120 ? `${Math.round(minutes / 60)} hours` : `${minutes} minutes`;
      printLine(
        io.stdout,
        `Works once, for ${time}${mailed ? `; also sent to ${person.mail}` : ''}:`,
      );
      printLine(io.stdout, link);
      return 0;
    },
  });
