import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { randomToken, type RandomSource } from '../kernel/random.js';

/** Creates a folder only its owner can look into; an existing one is left as it is. */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}

/**
 * The encryption key kept in a file, in base64; made on first use. Of several processes that start at once exactly
 * one makes it: linking a finished file into place fails where one is already there.
 */
export async function keptEncryptionKey(file: string, random: RandomSource): Promise<string> {
  const kept = await readIfPresent(file);
  if (kept !== null) return kept;
  const draft = `${file}.${randomToken(random, 64)}`;
  try {
    await writeFile(draft, `${random.bytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
    await link(draft, file).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  return (await readFile(file, 'utf8')).trim();
}

async function readIfPresent(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
