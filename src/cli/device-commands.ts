import type { Command } from './command.js';
import { withConfiguredPeople, type WithPeople } from './configured-people.js';
import { deviceActivation } from './device-activation.js';
import { deviceConfirm } from './device-confirm.js';
import { deviceList } from './device-list.js';
import { deviceReactivate } from './device-reactivate.js';
import { deviceRevoke } from './device-revoke.js';

export const createDeviceCommands = (withPeople: WithPeople): readonly Command[] => [
  deviceList(withPeople),
  deviceActivation(withPeople),
  deviceConfirm(withPeople),
  deviceRevoke(withPeople),
  deviceReactivate(withPeople),
];

export const deviceCommands = createDeviceCommands(withConfiguredPeople);
