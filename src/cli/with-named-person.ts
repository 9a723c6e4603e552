import { parseArgs } from 'node:util';
import type { Person } from '../directory/person.js';
import { printLine, UsageError, type CommandIo } from './command.js';
import type { PersonCommandParts, WithPeople } from './configured-people.js';

/** Runs a command whose one argument is a person. */
export function withNamedPerson(
  withPeople: WithPeople,
  args: string[],
  io: CommandIo,
  run: (parts: PersonCommandParts, person: Person) => Promise<number>,
): Promise<number> {
  const { positionals } = parseArgs({ args, options: {}, allowPositionals: true });
  const [username] = positionals;
  if (username === undefined || positionals.length > 1) throw new UsageError('Name one person.');
  return withPeople(io, async (parts) => {
    const person = await parts.reader.findByAlias(username);
    if (person !== null) return run(parts, person);
    printLine(io.stderr, `There is no ${username}.`);
    return 1;
  });
}
