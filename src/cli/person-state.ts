import type { People } from '../directory/local/people.js';
import { aboutOnePerson } from './about-one-person.js';
import { printLine, type Command } from './command.js';
import { byCommand, type WithPeople } from './configured-people.js';

interface StateChange {
  word: 'disable' | 'enable';
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
];

export const personStateCommands = (withPeople: WithPeople): Command[] =>
  changes.map(({ word, summary, explanation, done }) =>
    aboutOnePerson(withPeople, {
      word,
      summary,
      explanation,
      async run({ people }, person, io) {
        const change: People[typeof word] = people[word];
        await change(person.id, byCommand);
        printLine(io.stdout, `${person.username} ${done}.`);
        return 0;
      },
    }),
  );
