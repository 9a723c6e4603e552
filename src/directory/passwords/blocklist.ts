import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Passwords that nobody may choose because attackers try them first. */
export interface Blocklist {
  has(password: string): boolean;
  readonly size: number;
}

/** Compared after NFKC and without case. */
export function createBlocklist(entries: Iterable<string>): Blocklist {
  const known = new Set<string>();
  for (const entry of entries) if (entry !== '') known.add(comparable(entry));
  return { has: (password) => known.has(comparable(password)), size: known.size };
}

/**
 * The list that comes with the product, with an operator's own (one password a line) added.
 * @throws when a file cannot be read
 */
export async function loadBlocklist(operatorFile: string | null): Promise<Blocklist> {
  const files = [shippedFile(), ...(operatorFile === null ? [] : [operatorFile])];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return createBlocklist(texts.flatMap((text) => text.split(/\r?\n/)));
}

/** `data/` lies in the package's root, however deep below it this code runs. */
function shippedFile(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const file = join(folder, 'data', 'common-passwords.txt');
    if (existsSync(file)) return file;
    if (folder === dirname(folder)) throw new Error('data/common-passwords.txt is missing');
  }
}

function comparable(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
