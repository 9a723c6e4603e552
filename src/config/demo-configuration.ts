import { join } from 'node:path';
import type { RandomSource } from '../kernel/random.js';
import { failure, success, type Result } from '../kernel/result.js';
import { configurationFile } from './configuration-file.js';
import type { ConfigurationProblem } from './configuration-problem.js';
import type { Configuration } from './configuration.js';
import { sharedConfiguration } from './configured-configuration.js';
import { keptEncryptionKey, makePrivateFolder } from './demo-data-folder.js';
import { readEncryptionKey } from './sections/encryption-keys.js';

/**
 * The configuration of a first try on one's own machine: everything embedded, on loopback, kept in `.drawbridge` of
 * the working folder so that a second start, also on another port, finds the same people. With `httpsHost` it serves
 * https under that name or address, to other machines as well when it is not this one's own.
 */
export async function demoConfiguration(
  where: { cwd: string; port: number | null; httpsHost?: string | null },
  random: RandomSource,
): Promise<Result<Configuration, ConfigurationProblem[]>> {
  const folder = join(where.cwd, '.drawbridge');
  const keyFile = join(folder, 'encryption.key');
  let key: string;
  try {
    await makePrivateFolder(folder);
    key = await keptEncryptionKey(keyFile, random);
  } catch (error) {
    return failure([
      {
        file: null,
        path: folder,
        problem: `cannot be used as the folder of the demo: ${(error as Error).message}`,
        remedy: 'Start Drawbridge in a folder you may write to, or name a configuration file.',
      },
    ]);
  }
  if (!readEncryptionKey(key).ok) {
    return failure([
      {
        file: keyFile,
        path: '',
        problem: 'does not hold an encryption key',
        remedy: `Restore it, or remove ${folder} to begin anew.`,
      },
    ]);
  }
  const { port, httpsHost } = { port: where.port ?? 3000, httpsHost: where.httpsHost ?? null };
  const isOnlyHere = httpsHost === null || ['localhost', '127.0.0.1'].includes(httpsHost);
  const written = configurationFile.parse({
    public_url: httpsHost === null ? `http://localhost:${port}` : `https://${httpsHost}:${port}`,
    listen: { port, ...(isOnlyHere ? {} : { host: '0.0.0.0' }) },
    organisation: { name: 'Drawbridge demo' },
    encryption_key: key,
  });
  return success({
    ...sharedConfiguration(written, folder),
    mode: 'demo',
    production: false,
    file: null,
    dataFolder: folder,
  });
}
