import { aboutOnePerson } from './about-one-person.js';
import { printLine, type Command } from './command.js';
import { byCommand, type WithPeople } from './configured-people.js';

export const personRemoveFactors = (withPeople: WithPeople): Command =>
  aboutOnePerson(withPeople, {
    word: 'remove-factors',
    summary: 'Remove all second factors of a person who has lost them',
    explanation: `For somebody whose phone is gone and who has no recovery codes left. Removes authenticator apps, phones and recovery codes,
ends all sessions and tokens, and tells the person by mail. At the next sign-in the password alone is enough to set up
a new second factor, so this is what somebody would ask you for who has stolen the password. First make sure who is
asking, in a way that the caller does not choose: call back a number you know, see the person, ask a colleague.

--confirm  you are sure who is asking`,
    confirmedBy: 'confirm',
    async run({ people, secondFactors, enrolmentAtSignIn }, person, io) {
      let removed = { apps: 0, recoveryCodes: 0, phones: 0 };
      await people.signOutEverywhere(person.id, byCommand, async (tx) => {
        removed = await secondFactors.removeAll(tx, person, byCommand);
      });
      const { username } = person;
      printLine(
        io.stdout,
        `Removed from ${username}: authenticator apps: ${removed.apps}, recovery codes: ${removed.recoveryCodes}, phones: ${removed.phones}. ` +
          'Sessions and tokens have ended.',
      );
      printLine(
        io.stdout,
        enrolmentAtSignIn
          ? `${username} sets up a new second factor at the next sign-in. Let that be soon: until then the password is enough.`
          : `${username} cannot set one up while signing in (policy.enrolment is by-administrator).`,
      );
      return 0;
    },
  });
