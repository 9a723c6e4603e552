import { aboutOnePerson } from './about-one-person.js';
import { printLine, type Command } from './command.js';
import { byCommand, type WithPeople } from './configured-people.js';

export const personUnlock = (withPeople: WithPeople): Command =>
  aboutOnePerson(withPeople, {
    word: 'unlock',
    summary: 'Forget the wrong passwords and codes counted against a person',
    explanation: `Needed after 100 wrong passwords, codes or recovery codes in a row; other locks end by themselves. All three are
forgotten at once.`,
    async run({ people, secondFactors }, person, io) {
      await people.unlock(person.id, byCommand, (tx) => secondFactors.unlock(tx, person));
      printLine(io.stdout, `${person.username} is unlocked: passwords, codes and recovery codes.`);
      return 0;
    },
  });
