import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import type * as Libxml from 'libxml2-wasm';

export interface LoadedLibxml {
  library: typeof Libxml;
  /** SAML 2.0 protocol and assertion schemas, compiled. */
  messageSchema: Libxml.XsdValidator;
}

let loading: Promise<LoadedLibxml> | null = null;

/**
 * The only door to libxml2 (WebAssembly). Loaded and the schemas compiled at first use (a few hundred milliseconds and
 * about 30 MB, once a process), because a server without SAML partners should not pay for it.
 */
export function loadLibxml(): Promise<LoadedLibxml> {
  loading ??= load().catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function load(): Promise<LoadedLibxml> {
  const [library, files] = await Promise.all([import('libxml2-wasm'), schemaFiles()]);
  return { library, messageSchema: compile(library, files) };
}

/** The import of an element that other schemas admit by wildcard, which a strict wildcard wants to know. */
const small = {
  'exc-c14n.xsd': `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/2001/10/xml-exc-c14n#"><xs:element name="InclusiveNamespaces"><xs:complexType><xs:attribute name="PrefixList" type="xs:string"/></xs:complexType></xs:element></xs:schema>`,
  'xenc11.xsd': `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/2009/xmlenc11#"><xs:element name="MGF"><xs:complexType><xs:attribute name="Algorithm" type="xs:anyURI" use="required"/></xs:complexType></xs:element></xs:schema>`,
};

const main = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:import namespace="urn:oasis:names:tc:SAML:2.0:protocol" schemaLocation="saml-schema-protocol-2.0.xsd"/><xs:import namespace="http://www.w3.org/2001/10/xml-exc-c14n#" schemaLocation="exc-c14n.xsd"/><xs:import namespace="http://www.w3.org/2009/xmlenc11#" schemaLocation="xenc11.xsd"/></xs:schema>`;

async function schemaFiles(): Promise<Map<string, Buffer>> {
  const require = createRequire(import.meta.url);
  const folder = join(
    dirname(require.resolve('@authenio/samlify-xmllint-wasm/package.json')),
    'schemas',
  );
  const names = [
    'saml-schema-protocol-2.0.xsd',
    'saml-schema-assertion-2.0.xsd',
    'xmldsig-core-schema.xsd',
    'xenc-schema.xsd',
  ];
  const files = new Map<string, Buffer>();
  for (const name of names) files.set(name, await readFile(join(folder, name)));
  for (const [name, text] of Object.entries(small)) files.set(name, Buffer.from(text));
  return files;
}

/**
 * The schemas import one another by file name. They are handed over from memory while compiling, and nothing else ever
 * is: once compiled, libxml2 has no way to open anything.
 */
function compile(library: typeof Libxml, files: Map<string, Buffer>): Libxml.XsdValidator {
  const open = new Map<number, { bytes: Buffer; at: number }>();
  let last = 0;
  const registered = library.xmlRegisterInputProvider({
    match: (name) => files.has(basename(name)),
    open(name) {
      const bytes = files.get(basename(name));
      if (bytes === undefined) return undefined;
      last += 1;
      open.set(last, { bytes, at: 0 });
      return last;
    },
    read(handle, into) {
      const file = open.get(handle);
      if (file === undefined) return -1;
      const count = file.bytes.copy(into, 0, file.at);
      file.at += count;
      return count;
    },
    close: (handle) => open.delete(handle),
  });
  if (!registered) throw new Error('libxml2 takes no schema from memory');
  const document = library.XmlDocument.fromString(main);
  try {
    return library.XsdValidator.fromDoc(document);
  } finally {
    document.dispose();
    library.xmlCleanupInputProvider();
  }
}
