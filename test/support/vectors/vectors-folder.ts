import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from '@jest/globals';

/**
 * Recorded material of others, which is not part of this repository: the folder named by `DRAWBRIDGE_VECTORS`. Tests
 * that need it are skipped by name where none is named; a named folder has to have what they ask for.
 */
const folder = process.env['DRAWBRIDGE_VECTORS'] ?? null;

/** A test on recorded files; where no folder is named it is skipped, and its name says why. */
export function vectorTest(
  name: string,
  paths: readonly string[],
  body: (...files: string[]) => void | Promise<void>,
): void {
  if (folder === null) {
    test.skip(`${name} (DRAWBRIDGE_VECTORS names no folder with ${paths.join(', ')})`, () => {});
    return;
  }
  test(name, () => body(...paths.map((path) => readFileSync(join(folder, path), 'utf8'))));
}
