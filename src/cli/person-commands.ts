import type { Command } from './command.js';
import { withConfiguredPeople, type WithPeople } from './configured-people.js';
import { personAdd } from './person-add.js';
import { personDemandPasswordChange } from './person-demand-password-change.js';
import { personImport } from './person-import.js';
import { personList } from './person-list.js';
import { personPasswordLink } from './person-password-link.js';
import { personRemoveFactors } from './person-remove-factors.js';
import { personResync } from './person-resync.js';
import { personShow } from './person-show.js';
import { personStateCommands } from './person-state.js';
import { personUnlinkExternal } from './person-unlink-external.js';
import { personUnlock } from './person-unlock.js';

export const createPersonCommands = (withPeople: WithPeople): readonly Command[] => [
  personAdd(withPeople),
  personImport(withPeople),
  personList(withPeople),
  personShow(withPeople),
  ...personStateCommands(withPeople),
  personUnlock(withPeople),
  personResync(withPeople),
  personDemandPasswordChange(withPeople),
  personPasswordLink(withPeople),
  personRemoveFactors(withPeople),
  personUnlinkExternal(withPeople),
];

export const personCommands = createPersonCommands(withConfiguredPeople);
