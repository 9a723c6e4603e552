import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from '@jest/globals';

/**
 * Recorded material of others, which is not part of this repository: the folder named by `DRAWBRIDGE_VECTORS`. Tests
 * that need it are skipped by name where it is absent.
 */
const folder = process.env['DRAWBRIDGE_VECTORS'] ?? null;

/** `null` where the file is not at hand. */
export function vector(path: string): string | null {
  if (folder === null) return null;
  const file = join(folder, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

/** A test on recorded files; where one is missing it is skipped, and its name says why. */
export function vectorTest(
  name: string,
  paths: readonly string[],
  body: (...files: string[]) => void | Promise<void>,
): void {
  const found = paths.map(vector);
  const files = found.filter((file) => file !== null);
  if (files.length < paths.length) {
    test.skip(`${name} (DRAWBRIDGE_VECTORS names no folder with ${paths.join(', ')})`, () => {});
    return;
  }
  test(name, () => body(...files));
}
