import { parseArgs } from 'node:util';
import type { Person } from '../directory/person.js';
import { printLine, type Command } from './command.js';
import type { WithPeople } from './configured-people.js';

const pageSize = 1_000;

export const personList = (withPeople: WithPeople): Command => ({
  name: 'person list',
  summary: 'List people',
  usage: `person list [--search TEXT] [--json]

--search TEXT  only those with TEXT in their name, user name, mail address or UPN
--json         one JSON object a line`,
  async run(args, io) {
    const { values } = parseArgs({
      args,
      options: { search: { type: 'string' }, json: { type: 'boolean' } },
    });
    return withPeople(io, async ({ reader }) => {
      const search = values.search === undefined ? {} : { search: values.search };
      let after: string | undefined;
      let found = 0;
      do {
        const from = after === undefined ? {} : { after };
        const page = await reader.list({ ...search, ...from, limit: pageSize });
        for (const person of page) {
          printLine(io.stdout, values.json === true ? JSON.stringify(person) : describe(person));
        }
        found += page.length;
        after = page.length === pageSize ? page.at(-1)?.username : undefined;
      } while (after !== undefined);
      if (values.json !== true) printLine(io.stdout, found === 1 ? '1 person' : `${found} people`);
      return 0;
    });
  },
});

function describe({ username, name, mail, groups, disabled }: Person): string {
  const details = [name, mail, groups.join(', '), disabled ? 'DISABLED' : null];
  return [
    username.padEnd(24),
    ...details.filter((detail) => detail !== null && detail !== ''),
  ].join('  ');
}
