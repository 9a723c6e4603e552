import { dirname, resolve } from 'node:path';
import { readConfigurationDocument } from './configuration-document.js';
import { configurationFile } from './configuration-file.js';
import { interpolate } from './interpolate.js';

/**
 * The (absolute) patterns of relying-party files that a configuration names which is refused for something else, so
 * that what is wrong with those can be said together with it; none where they cannot be told.
 */
export async function partyFilesOfRefused(env: NodeJS.ProcessEnv, cwd: string): Promise<string[]> {
  const named = env['DRAWBRIDGE_CONFIG'] ?? '';
  if (named.trim() === '') return [];
  const file = resolve(cwd, named);
  const written = await readConfigurationDocument(file);
  if (!written.ok || written.value === null || typeof written.value !== 'object') return [];
  const { relying_parties: patterns } = written.value as { relying_parties?: unknown };
  const { value, unset } = interpolate(patterns, env);
  const read = configurationFile.shape.relying_parties.safeParse(value);
  if (!read.success || unset.length > 0) return [];
  return read.data.map((pattern) => resolve(dirname(file), pattern));
}
