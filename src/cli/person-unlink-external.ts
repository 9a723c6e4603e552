import { aboutOnePerson } from './about-one-person.js';
import { printLine, type Command } from './command.js';
import { byCommand, type WithPeople } from './configured-people.js';

export const personUnlinkExternal = (withPeople: WithPeople): Command =>
  aboutOnePerson(withPeople, {
    word: 'unlink-external',
    summary: "Forget which Entra accounts are a person's, for External MFA",
    explanation: `For an account that has been handed to somebody else, or whose person has left. Person show has the accounts. Whoever has
the UPN of the account then signs in here as a whole once, and the account is theirs. Where object_id_attribute names
an attribute, correct that too: what is written there links the account again.`,
    async run({ externalAccounts }, person, io) {
      let forgotten = 0;
      for (const account of await externalAccounts.ofPerson(person.id)) {
        if (await externalAccounts.unlink(account, person.id, byCommand)) forgotten += 1;
      }
      printLine(io.stdout, `Entra accounts forgotten of ${person.username}: ${forgotten}.`);
      return 0;
    },
  });
