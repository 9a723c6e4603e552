import { createLogger } from '../../../src/audit/log-writer.js';
import type { Logger } from '../../../src/audit/log-writer.js';
import { systemClock } from '../../../src/kernel/clock.js';

/** The real logger, writing into a list. */
export function recordingLogger(): { logger: Logger; lines: string[]; events(): string[] } {
  const lines: string[] = [];
  const logger = createLogger({
    write: (line) => lines.push(line),
    clock: systemClock,
    level: 'debug',
  });
  const events = () => lines.map((line) => (JSON.parse(line) as { event: string }).event);
  return { logger, lines, events };
}
