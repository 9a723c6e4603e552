import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder with `views/`, whether this code runs bundled from `dist/` or from its sources. */
export function viewsFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const views = join(folder, 'views');
    if (existsSync(join(views, 'locales'))) return views;
    if (folder === dirname(folder)) throw new Error('views/ is missing');
  }
}
