import { parseArgs } from 'node:util';
import { printLine, UsageError, type Command } from './command.js';
import { byCommand, type WithPeople } from './configured-people.js';

export const personAdd = (withPeople: WithPeople): Command => ({
  name: 'person add',
  summary: 'Add a person and print the link that sets their first password',
  usage: `person add --username NAME --name "FULL NAME" [--mail ADDRESS] [--upn UPN] [--group GROUP]...

The link works once, for 72 hours. Groups that are missing are made.`,
  async run(args, io) {
    const { values } = parseArgs({
      args,
      options: {
        username: { type: 'string' },
        name: { type: 'string' },
        mail: { type: 'string' },
        upn: { type: 'string' },
        group: { type: 'string', multiple: true },
      },
    });
    const { username, name, mail = null, upn = null, group: groups = [] } = values;
    if (username === undefined || name === undefined) {
      throw new UsageError('Both --username and --name are needed.');
    }
    return withPeople(io, async ({ people, invitations }) => {
      const invite = invitations(false);
      let link = '';
      const person = { username, name, mail, upn, groups };
      await people.add(person, byCommand, async (tx, added) => {
        link = (await invite(tx, [added]))[0]?.link ?? '';
      });
      printLine(io.stdout, `Added ${username}. The link for the first password:`);
      printLine(io.stdout, link);
      return 0;
    });
  },
});
