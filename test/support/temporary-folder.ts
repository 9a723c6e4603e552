import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from '@jest/globals';

/** A folder that is gone when the tests of the file are done. */
export function temporaryFolder(): { path: string; write(name: string, content: string): string } {
  const path = mkdtempSync(join(tmpdir(), 'drawbridge-test-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    /** Writes a file below the folder and answers with its path. */
    write(name, content) {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      return file;
    },
  };
}
