import { findLastEventsOf } from '../audit/find-audit-event.js';
import { readStanding } from '../directory/local/person-standing.js';
import { viewsFolder } from '../server/package-folder.js';
import { loadMessages } from '../web/messages.js';
import { aboutOnePerson } from './about-one-person.js';
import { printLine, type Command } from './command.js';
import type { WithPeople } from './configured-people.js';
import { describeEvent } from './describe-event.js';
import { describePerson } from './describe-person.js';

const eventsShown = 10;

export const personShow = (withPeople: WithPeople): Command =>
  aboutOnePerson(withPeople, {
    word: 'show',
    summary:
      'Show how a person stands, for the help desk: locks, second factors, what happened last',
    explanation: `Changes nothing and shows no secret. Each event has the reference that the person saw on the page; audit show tells
all of it.`,
    async run({ database, secondFactors, externalAccounts, now }, person, io) {
      const standing = await readStanding(database.db, person.id, now);
      if (standing === null) return 1;
      const factors = await secondFactors.overview(person);
      const accounts = await externalAccounts.ofPerson(person.id);
      const lines = describePerson(person, standing, { factors, accounts }, now);
      for (const line of lines) printLine(io.stdout, line);
      const { en } = loadMessages(viewsFolder());
      const events = await findLastEventsOf(database.db, person.id, eventsShown);
      printLine(io.stdout, events.length === 0 ? '\nNothing happened yet.' : '\nLast events');
      for (const event of events) printLine(io.stdout, `  ${describeEvent(event, en)}`);
      return 0;
    },
  });
