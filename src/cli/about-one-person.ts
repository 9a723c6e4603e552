import { parseArgs } from 'node:util';
import type { Person } from '../directory/person.js';
import { printLine, UsageError, type Command, type CommandIo } from './command.js';
import type { PersonCommandParts, WithPeople } from './configured-people.js';

/** A command about one person, whom it is given as user name, mail address or UPN. */
export interface AboutOnePerson {
  /** What follows `person`. */
  word: string;
  summary: string;
  /** A paragraph of the usage, in lines. */
  explanation: string;
  /** An option that has to be given, because the command cannot be undone. */
  confirmedBy?: string;
  /** Answers with the exit code. */
  run(parts: PersonCommandParts, person: Person, io: CommandIo): Promise<number>;
}

export function aboutOnePerson(withPeople: WithPeople, command: AboutOnePerson): Command {
  const { word, summary, explanation, confirmedBy } = command;
  const call = [`person ${word} USERNAME`, ...(confirmedBy ? [`--${confirmedBy}`] : [])].join(' ');
  return {
    name: `person ${word}`,
    summary,
    usage: `${call}\n\nUSERNAME may also be the mail address or UPN.\n\n${explanation}`,
    async run(args, io) {
      const options = confirmedBy ? { [confirmedBy]: { type: 'boolean' as const } } : {};
      const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
      const [username] = positionals;
      if (username === undefined || positionals.length > 1) {
        throw new UsageError('Name one person.');
      }
      if (confirmedBy && values[confirmedBy] !== true) {
        throw new UsageError(`This cannot be undone. Say --${confirmedBy} if you are sure.`);
      }
      return withPeople(io, async (parts) => {
        const person = await parts.reader.findByAlias(username);
        if (person !== null) return command.run(parts, person, io);
        printLine(io.stderr, `There is no ${username}.`);
        return 1;
      });
    },
  };
}
