import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomToken, type RandomSource } from '../kernel/random.js';
import { words } from './words.js';

const fileOf = (dataFolder: string) => join(dataFolder, 'demo-password.txt');

/** The demo people's password; `null` before the first start has come to its end. */
export async function keptPassword(dataFolder: string): Promise<string | null> {
  try {
    const kept = (await readFile(fileOf(dataFolder), 'utf8')).trim();
    return kept === '' ? null : kept;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Only its owner may read the file, which is there whole or not at all. */
export async function keepPassword(
  dataFolder: string,
  password: string,
  random: RandomSource,
): Promise<void> {
  const draft = `${fileOf(dataFolder)}.${randomToken(random, 64)}`;
  try {
    await writeFile(draft, `${password}\n`, { mode: 0o600, flag: 'wx' });
    await rename(draft, fileOf(dataFolder));
  } finally {
    await rm(draft, { force: true });
  }
}

/** Four words and two digits that can be read out and typed: `otter-maple-quilt-fern-42`, about 38 bits. */
export function readablePassword(random: RandomSource): string {
  const chosen = Array.from({ length: 4 }, () => words[below(words.length, random)]);
  return [...chosen, String(10 + below(90, random))].join('-');
}

/** A number from 0 to `limit - 1` (at most 65536), each as likely as the others. */
function below(limit: number, random: RandomSource): number {
  const fair = 65_536 - (65_536 % limit);
  for (;;) {
    const drawn = random.bytes(2).readUInt16BE();
    if (drawn < fair) return drawn % limit;
  }
}
