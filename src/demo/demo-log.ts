import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger, type Logger } from '../audit/log-writer.js';
import type { Clock } from '../kernel/clock.js';

/** Every log line goes to `drawbridge.log` of the data folder; errors go to stderr as well. */
export function createDemoLog(
  dataFolder: string,
  clock: Clock,
): { logger: Logger; close: () => Promise<void> } {
  const file = openSync(join(dataFolder, 'drawbridge.log'), 'a', 0o600);
  let open = true;
  const logger = createLogger({
    clock,
    level: 'info',
    write: (line, level) => {
      if (open) writeSync(file, `${line}\n`);
      if (level === 'error' || !open) process.stderr.write(`${line}\n`);
    },
  });
  return {
    logger,
    close: () => {
      open = false;
      closeSync(file);
      return Promise.resolve();
    },
  };
}
