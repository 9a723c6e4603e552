import { parseArgs } from 'node:util';
import { failure, success, type Result } from '../kernel/result.js';
import type { ConfigurationProblem } from './configuration-problem.js';

/** What follows `npm start --`. */
export interface StartOptions {
  /** Serve https with an own certificate, under this host name or IPv4 address; `null` for plain http. */
  httpsHost: string | null;
}

const usage = 'npm start -- [--https [--host NAME_OR_ADDRESS]]';

export function readStartOptions(
  args: readonly string[],
): Result<StartOptions, ConfigurationProblem[]> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { https: { type: 'boolean' }, host: { type: 'string' } },
    });
    const { https = false, host } = values;
    if (!https && host !== undefined) {
      return wrong('--host', 'is for --https only', 'Plain http would let others read passwords.');
    }
    if (host !== undefined && !isHost(host)) {
      return wrong('--host', 'is no host name or IPv4 address', usage);
    }
    return success({ httpsHost: https ? (host?.toLowerCase() ?? 'localhost') : null });
  } catch {
    return wrong(args.join(' '), 'cannot be understood', usage);
  }
}

const isHost = (text: string): boolean =>
  text.length <= 253 && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text);

const wrong = (path: string, problem: string, remedy: string) =>
  failure([{ file: null, path, problem, remedy }]);
