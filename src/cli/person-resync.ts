import { parseArgs } from 'node:util';
import { printLine, UsageError, type Command } from './command.js';
import type { WithPeople } from './configured-people.js';

/** Two codes on the command line do no harm: both are used up by it, or good for nothing. */
export const personResync = (withPeople: WithPeople): Command => ({
  name: 'person resync',
  summary: "Find a person's device again whose codes are never accepted",
  usage: `person resync USERNAME --codes FIRST,NEXT

USERNAME may also be the mail address or UPN.
--codes  two codes that the device shows one after the other

For a clock that is up to ten steps (five minutes) off, or a button pressed up to a hundred times in vain. People can do
the same when they are asked for a code ("Is your code never accepted?"). It counts as one attempt; both codes are used up.`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      options: { codes: { type: 'string' } },
      allowPositionals: true,
    });
    const [username] = positionals;
    if (username === undefined || positionals.length > 1) throw new UsageError('Name one person.');
    const [first, next, more] = (values.codes ?? '').split(',');
    if (!first || !next || more !== undefined) {
      throw new UsageError('Give two codes with a comma in between.');
    }
    return withPeople(io, async ({ reader, otp }) => {
      const person = await reader.findByAlias(username);
      if (person === null) {
        printLine(io.stderr, `There is no ${username}.`);
        return 1;
      }
      const fields = { first_code: first, next_code: next };
      const context = { clientAddress: '', relyingParty: '' };
      const verdict = await otp.answer(person, {}, fields, context);
      if (verdict.kind === 'accepted') {
        printLine(io.stdout, `The device of ${person.username} is found; its next code will do.`);
        return 0;
      }
      printLine(
        io.stderr,
        `Nothing was changed: ${explanations[verdict.reason] ?? verdict.reason}.`,
      );
      return 1;
    });
  },
});

const explanations: Readonly<Record<string, string>> = {
  wrong_code: 'these are no two codes in a row of any device of this person, or it is too far off',
  code_already_used: 'these two codes were used before',
  code_malformed: 'codes have 6 to 8 digits',
  no_factor_enrolled: 'this person has no authenticator app',
  factor_locked: 'codes of this person are locked; person unlock opens them',
  factor_locked_for_good: 'codes of this person are locked; person unlock opens them',
  session_ended: 'this person is disabled',
};
