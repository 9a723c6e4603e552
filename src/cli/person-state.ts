import { parseArgs } from 'node:util';
import type { People } from '../directory/local/people.js';
import { printLine, UsageError, type Command } from './command.js';
import { byCommand, type WithPeople } from './configured-people.js';

interface StateChange {
  word: 'disable' | 'enable' | 'unlock';
  summary: string;
  explanation: string;
  done: string;
}

const changes: readonly StateChange[] = [
  {
    word: 'disable',
    summary: 'Bar a person and end everything issued to them',
    explanation: 'Takes effect on running servers at once.',
    done: 'is disabled; sessions and tokens have ended',
  },
  {
    word: 'enable',
    summary: 'Let a disabled person sign in again',
    explanation: 'What ended when the person was disabled stays ended.',
    done: 'is enabled',
  },
  {
    word: 'unlock',
    summary: 'Forget the wrong passwords counted against a person',
    explanation: 'Needed after 100 wrong passwords in a row; locks before that end by themselves.',
    done: 'is unlocked',
  },
];

export const personStateCommands = (withPeople: WithPeople): Command[] =>
  changes.map(({ word, summary, explanation, done }) => ({
    name: `person ${word}`,
    summary,
    usage: `person ${word} USERNAME\n\nUSERNAME may also be the mail address or UPN. ${explanation}`,
    async run(args, io) {
      const { positionals } = parseArgs({ args, options: {}, allowPositionals: true });
      const [username] = positionals;
      if (username === undefined || positionals.length > 1) {
        throw new UsageError('Name one person.');
      }
      return withPeople(io, async ({ people, reader }) => {
        const person = await reader.findByAlias(username);
        if (person === null) {
          printLine(io.stderr, `There is no ${username}.`);
          return 1;
        }
        const change: People[typeof word] = people[word];
        await change(person.id, byCommand);
        printLine(io.stdout, `${person.username} ${done}.`);
        return 0;
      });
    },
  }));
