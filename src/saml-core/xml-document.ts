import type * as Libxml from 'libxml2-wasm';
import { loadLibxml } from './libxml.js';
import type { LoadedLibxml } from './libxml.js';
import { ns } from './namespaces.js';
import { refuse } from './refusal.js';
import type { XmlAttribute, XmlTree } from './xml-tree.js';

/** A parsed document. One parser reads, validates and canonicalises, so that there are no two readings of one text. */
export interface XmlDoc {
  tree: XmlTree;
  /** Refuses what the SAML 2.0 schemas do not allow. */
  validate(): void;
  /** Exclusive canonical form of the `SignedInfo` of the root's signature. */
  canonicalSignedInfo(inclusivePrefixes: readonly string[]): Buffer;
  /** Exclusive canonical form of the root without its signature. Takes the signature out: call it last. */
  canonicalWithoutSignature(inclusivePrefixes: readonly string[]): Buffer;
}

/** Opens `text` (already scanned), hands it to `use` and frees it. */
export async function withXml<Result>(
  text: string,
  use: (document: XmlDoc) => Result,
): Promise<Result> {
  return readXml(await loadLibxml(), text, use);
}

export function readXml<Result>(
  loaded: LoadedLibxml,
  text: string,
  use: (document: XmlDoc) => Result,
): Result {
  const document = parse(loaded.library, text);
  try {
    return use(xmlDoc(loaded, document, canonicalLimit(text)));
  } finally {
    document.dispose();
  }
}

/**
 * Canonical form repeats a namespace wherever it comes into use, so it can be much longer than what was sent. What
 * honest senders write grows by a few percent.
 */
function canonicalLimit(text: string): number {
  return Math.max(1024 * 1024, text.length * 4);
}

/** No network, no external DTD or entity, no catalogue, no entity substitution. */
const noOutside = 2048 | 8_388_608 | 33_554_432;

function parse(library: typeof Libxml, text: string): Libxml.XmlDocument {
  try {
    return library.XmlDocument.fromString(text, { option: noOutside });
  } catch (error) {
    if (error instanceof library.XmlError) refuse('malformed', 'not-well-formed');
    throw error;
  }
}

function xmlDoc(loaded: LoadedLibxml, document: Libxml.XmlDocument, limit: number): XmlDoc {
  const { library, messageSchema } = loaded;
  const exclusive = (prefixes: readonly string[]) => ({
    mode: library.XmlC14NMode.XML_C14N_EXCLUSIVE_1_0,
    inclusiveNamespacePrefixes: [...prefixes],
  });
  return {
    tree: treeOf(library, document.root),
    validate() {
      try {
        messageSchema.validate(document);
      } catch (error) {
        if (!(error instanceof library.XmlError)) throw error;
        refuse('schema-invalid', error.message.trim().split('\n')[0]?.slice(0, 200) ?? '');
      }
    },
    canonicalSignedInfo(prefixes) {
      const signature = childNode(library, document.root, 'Signature');
      const signedInfo = signature && childNode(library, signature, 'SignedInfo');
      if (!signedInfo) return refuse('signature-structure', 'no-signed-info');
      return collect(library, limit, (out) => signedInfo.canonicalize(out, exclusive(prefixes)));
    },
    canonicalWithoutSignature(prefixes) {
      childNode(library, document.root, 'Signature')?.remove();
      return collect(library, limit, (out) => document.canonicalize(out, exclusive(prefixes)));
    },
  };
}

function collect(
  library: typeof Libxml,
  limit: number,
  write: (out: Libxml.XmlOutputBufferHandler) => void,
): Buffer {
  const parts: Buffer[] = [];
  let length = 0;
  const out: Libxml.XmlOutputBufferHandler = {
    write(part) {
      length += part.byteLength;
      if (length > limit) return -1;
      // The library's own memory: copied, because it is used again.
      parts.push(Buffer.from(part));
      return part.byteLength;
    },
    close: () => true,
  };
  try {
    write(out);
  } catch (error) {
    if (!(error instanceof library.XmlError)) throw error;
  }
  if (length > limit) refuse('too-large', 'canonical');
  return Buffer.concat(parts);
}

function childNode(
  library: typeof Libxml,
  parent: Libxml.XmlElement,
  name: string,
): Libxml.XmlElement | null {
  for (let node = parent.firstChild; node !== null; node = node.next) {
    if (node instanceof library.XmlElement && node.name === name) {
      if (node.namespaceUri === ns.signature) return node;
    }
  }
  return null;
}

function treeOf(library: typeof Libxml, element: Libxml.XmlElement): XmlTree {
  const children: (XmlTree | string)[] = [];
  for (let node = element.firstChild; node !== null; node = node.next) {
    if (node instanceof library.XmlElement) children.push(treeOf(library, node));
    else if (!(node instanceof library.XmlComment)) children.push(node.content);
  }
  return {
    namespace: element.namespaceUri,
    name: element.name,
    attributes: element.attrs.map((one): XmlAttribute => ({
      namespace: one.namespaceUri,
      name: one.name,
      value: one.value,
    })),
    children,
  };
}
