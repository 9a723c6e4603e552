import { parseArgs } from 'node:util';
import { jwksCacheMs } from '../keys/key-purposes.js';
import { resealAll } from '../keys/reseal.js';
import { printLine, UsageError, type Command } from './command.js';
import { withConfiguredKeys } from './configured-keys.js';

const list: Command = {
  name: 'keys list',
  summary: 'List the signing keys, with when they are used and retired',
  usage: 'keys list',
  run: (args, io) => {
    parseArgs({ args });
    return withConfiguredKeys(io, ({ keys }) => {
      for (const key of keys.keys('default', 'oidc')) {
        const retired =
          key.retireAt === null ? 'in use until replaced' : `gone ${time(key.retireAt)}`;
        printLine(
          io.stdout,
          `${key.algorithm}  ${key.kid}  signs from ${time(key.useFrom)}, ${retired}`,
        );
      }
      return Promise.resolve(0);
    });
  },
};

const rotate: Command = {
  name: 'keys rotate',
  summary: 'Publish the next signing key; it signs once relying parties have had time to fetch it',
  usage: `keys rotate --algorithm ES256|RS256 [--emergency]

--algorithm  which of the two keys
--emergency  the key is stolen: the new one signs at once and the old one is gone`,
  run: (args, io) => {
    const { values } = parseArgs({
      args,
      options: { algorithm: { type: 'string' }, emergency: { type: 'boolean' } },
    });
    const { algorithm } = values;
    if (algorithm !== 'ES256' && algorithm !== 'RS256') {
      throw new UsageError('--algorithm is ES256 or RS256.');
    }
    return withConfiguredKeys(io, async ({ keys }) => {
      const kid =
        values.emergency === true
          ? await keys.emergencyRotate('default', 'oidc', algorithm)
          : await keys.rotate('default', 'oidc', algorithm, { publishLeadMs: jwksCacheMs });
      const when = values.emergency === true ? 'now' : `in ${jwksCacheMs / 60_000} minutes`;
      printLine(io.stdout, `${algorithm} ${kid} is published and signs ${when}.`);
      return 0;
    });
  },
};

const reseal: Command = {
  name: 'keys reseal',
  summary: 'Encrypt every stored secret under the current encryption_key',
  usage: `keys reseal

Run it after a new encryption_key is in force everywhere and the old one is in previous_encryption_keys; once it has
run, and queued jobs from before are done, the old one can go.`,
  run: (args, io) => {
    parseArgs({ args });
    return withConfiguredKeys(io, async ({ database, sealer }) => {
      const counts = Object.entries(await resealAll(database, sealer));
      for (const [column, count] of counts) printLine(io.stdout, `${column}  ${count}`);
      return 0;
    });
  },
};

export const keyCommands: readonly Command[] = [list, rotate, reseal];

const time = (at: number) => new Date(at).toISOString();
