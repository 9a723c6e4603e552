import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What the build made of the phone app; `null` where nothing was built. */
export function phoneAppFolder(): string | null {
  const built = join(dirname(viewsFolder()), 'dist', 'authenticator');
  return existsSync(join(built, 'app.json')) ? built : null;
}

/** The folder with `views/`, whether this code runs bundled from `dist/` or from its sources. */
export function viewsFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const views = join(folder, 'views');
    if (existsSync(join(views, 'locales'))) return views;
    if (folder === dirname(folder)) throw new Error('views/ is missing');
  }
}
