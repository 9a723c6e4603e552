import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../../../support/temporary-folder.js';
import { protocolSchema } from './assertion-content.js';

/** Path of the metadata schema, beside the ones it imports. */
export function metadataSchema(): string {
  const folder = temporaryFolder();
  const imported = [
    'saml-schema-assertion-2.0.xsd',
    'xmldsig-core-schema.xsd',
    'xenc-schema.xsd',
    'XMLSchema.dtd',
    'datatypes.dtd',
  ];
  for (const name of imported) {
    copyFileSync(join(dirname(protocolSchema), name), join(folder.path, name));
  }
  writeFileSync(
    join(folder.path, 'xml.xsd'),
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/XML/1998/namespace"><xs:attribute name="lang" type="xs:string"/></xs:schema>',
  );
  const original = fileURLToPath(
    new URL('../schemas/saml-schema-metadata-2.0.xsd', import.meta.url),
  );
  const local = readFileSync(original, 'utf8').replaceAll(
    /schemaLocation="[^"]*\/([^"/]+)"/g,
    'schemaLocation="$1"',
  );
  return folder.write('saml-schema-metadata-2.0.xsd', local);
}
