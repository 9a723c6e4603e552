import type { Clock } from '../kernel/clock.js';
import { describeError } from './describe-error.js';
import { scrub } from './scrub.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Typed fields only; never a request, a body or a header as a whole. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** One structured line per event. `event` names what happened in a closed vocabulary, `<thing>.<what>`. */
export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields, error?: unknown): void;
  error(event: string, fields?: LogFields, error?: unknown): void;
}

const order: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };

/**
 * @param options.write takes one finished line without line end; errors and warnings belong on stderr
 * @param options.level the lowest level that is written
 */
export function createLogger(options: {
  write: (line: string, level: LogLevel) => void;
  clock: Clock;
  level: LogLevel;
}): Logger {
  const log = (level: LogLevel, event: string, fields: LogFields = {}, error?: unknown): void => {
    if (order[level] < order[options.level]) return;
    const line: Record<string, unknown> = {
      time: new Date(options.clock.now()).toISOString(),
      level,
      event,
    };
    for (const [name, value] of Object.entries(fields)) {
      if (value !== undefined) line[name] = typeof value === 'string' ? scrub(value) : value;
    }
    if (error !== undefined) line['error'] = describeError(error);
    options.write(JSON.stringify(line), level);
  };
  return {
    debug: (event, fields) => log('debug', event, fields),
    info: (event, fields) => log('info', event, fields),
    warn: (event, fields, error) => log('warn', event, fields, error),
    error: (event, fields, error) => log('error', event, fields, error),
  };
}

/** Lines to stdout, warnings and errors to stderr. */
export function writeToStandardStreams(line: string, level: LogLevel): void {
  const stream = order[level] >= order.warn ? process.stderr : process.stdout;
  stream.write(line + '\n');
}
