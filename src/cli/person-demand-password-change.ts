import { aboutOnePerson } from './about-one-person.js';
import { printLine, type Command } from './command.js';
import { byCommand, type WithPeople } from './configured-people.js';

export const personDemandPasswordChange = (withPeople: WithPeople): Command =>
  aboutOnePerson(withPeople, {
    word: 'demand-password-change',
    summary: 'Make a person choose a new password, because others may know the old one',
    explanation: `Ends all sessions and tokens of the person. The next sign-in asks for the old password, then for the second factor,
then for a new password; nothing is issued before. There is no way to demand this of everybody every so often:
passwords that have to be changed without a reason become worse.`,
    async run({ people, secondFactors }, person, io) {
      await people.demandPasswordChange(person.id, byCommand);
      const { username } = person;
      printLine(
        io.stdout,
        `${username} has to choose a new password at the next sign-in; sessions and tokens have ended.`,
      );
      const { apps, recoveryCodes } = await secondFactors.overview(person);
      if (apps.length === 0 && (recoveryCodes?.remaining ?? 0) === 0) {
        printLine(
          io.stdout,
          `Warning: ${username} has no second factor, so whoever knows the old password can choose the new one.\n` +
            `Better disable ${username} until you reach them, then enable and hand over a password-link.`,
        );
      }
      return 0;
    },
  });
