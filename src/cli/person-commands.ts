import type { Command } from './command.js';
import { withConfiguredPeople, type WithPeople } from './configured-people.js';
import { personAdd } from './person-add.js';
import { personImport } from './person-import.js';
import { personList } from './person-list.js';
import { personStateCommands } from './person-state.js';

export const createPersonCommands = (withPeople: WithPeople): readonly Command[] => [
  personAdd(withPeople),
  personImport(withPeople),
  personList(withPeople),
  ...personStateCommands(withPeople),
];

export const personCommands = createPersonCommands(withConfiguredPeople);
