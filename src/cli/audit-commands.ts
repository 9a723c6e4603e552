import { auditShow } from './audit-show.js';
import { auditVerify } from './audit-verify.js';
import type { Command } from './command.js';

export const auditCommands: readonly Command[] = [auditShow, auditVerify];
