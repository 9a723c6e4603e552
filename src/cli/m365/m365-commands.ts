import type { Command } from '../command.js';
import { m365Doctor } from './m365-doctor.js';
import { m365Plan } from './m365-plan.js';
import { m365Rehearse } from './m365-rehearse.js';
import { m365Report } from './m365-report.js';
import { m365Script } from './m365-script.js';

export const m365Commands: readonly Command[] = [
  m365Plan,
  m365Script,
  m365Doctor,
  m365Report,
  m365Rehearse,
];
