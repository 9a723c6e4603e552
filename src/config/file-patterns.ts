import { readdir, stat } from 'node:fs/promises';
import { isAbsolute, join, parse, sep } from 'node:path';

/**
 * The files that match an absolute path in which `*` stands for any part of a name, sorted. Names with a leading dot
 * match only a pattern that has it too. A folder that is not there matches nothing.
 */
export async function filesMatching(pattern: string): Promise<string[]> {
  if (!isAbsolute(pattern)) throw new TypeError(`pattern must be absolute: ${pattern}`);
  const { root } = parse(pattern);
  let found = [root];
  for (const segment of pattern.slice(root.length).split(sep).filter(Boolean)) {
    found = segment.includes('*')
      ? (await Promise.all(found.map((folder) => entriesMatching(folder, segment)))).flat()
      : found.map((folder) => join(folder, segment));
  }
  const files = await Promise.all(found.map(async (path) => ((await isFile(path)) ? [path] : [])));
  return files.flat().sort();
}

async function entriesMatching(folder: string, segment: string): Promise<string[]> {
  const expression = new RegExp(`^${segment.split('*').map(escapeRegExp).join('[^/\\\\]*')}$`);
  const names = await readdir(folder).catch(ignoreMissing<string[]>([]));
  return names
    .filter((name) => expression.test(name) && (!name.startsWith('.') || segment.startsWith('.')))
    .map((name) => join(folder, name));
}

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then((entry) => entry.isFile(), ignoreMissing(false));
}

function ignoreMissing<Value>(instead: Value): (error: unknown) => Value {
  return (error) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return instead;
    throw error;
  };
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&');
}
