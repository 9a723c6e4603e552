import { stat } from 'node:fs/promises';

/**
 * A text that differs when any of the files was written, replaced, added or removed. Compared instead of being
 * watched, because file events are missing on network and container file systems.
 */
export async function fingerprintOf(files: readonly string[]): Promise<string> {
  const entries = await Promise.all(
    files.map(async (file) => {
      const found = await stat(file, { bigint: true }).catch(() => null);
      return found === null
        ? [file]
        : [file, found.ino, found.size, found.mtimeNs, found.ctimeNs].map(String);
    }),
  );
  return JSON.stringify(entries);
}
