import { copyFileSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { protocolSchema } from './assertion-content.js';

const NAME = 'cs-sstc-schema-assertion-1.1.xsd';

/** Path of the schema of SAML 1.1 assertions, beside the ones it imports. */
export function token11Schema(): string {
  const folder = temporaryFolder();
  for (const name of ['xmldsig-core-schema.xsd', 'XMLSchema.dtd', 'datatypes.dtd']) {
    copyFileSync(join(dirname(protocolSchema), name), join(folder.path, name));
  }
  const original = fileURLToPath(new URL(`../schemas/${NAME}`, import.meta.url));
  const local = readFileSync(original, 'utf8').replaceAll(
    /schemaLocation="[^"]*\/([^"/]+)"/g,
    'schemaLocation="$1"',
  );
  return folder.write(NAME, local);
}
