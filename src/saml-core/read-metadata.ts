import { distinctIds } from './distinct-ids.js';
import { verifyRootSignature, type TrustedKeys } from './enveloped-signature.js';
import { loadLibxml } from './libxml.js';
import type { LoadedLibxml } from './libxml.js';
import { scanMarkup } from './markup-scan.js';
import type { MarkupLimits } from './markup-scan.js';
import type {
  MetadataRead,
  MetadataRefusal,
  PartnerMetadata,
  ReadMetadataOptions,
} from './metadata.js';
import { ns } from './namespaces.js';
import { refuse, Refusal } from './refusal.js';
import { earliest, readServiceProvider, refuseMetadata } from './read-service-provider.js';
import { readXml } from './xml-document.js';
import type { XmlDoc } from './xml-document.js';
import { xmlText } from './xml-text.js';
import { attributeOf, elementsOf, is } from './xml-tree.js';
import type { XmlTree } from './xml-tree.js';
import { durationSeconds, instantAttribute } from './xml-values.js';

const defaultBytes = 16 * 1024 * 1024;

/**
 * Reads metadata of service providers: one `EntityDescriptor`, or an aggregate, which has to say how long it is valid.
 * With pinned certificates the values are those of the signed bytes and nothing else. What is wrong with a single
 * entity refuses the document; in an aggregate that entity is left out.
 */
export async function readMetadata(
  xml: string | Uint8Array,
  options: ReadMetadataOptions,
): Promise<MetadataRead> {
  try {
    const text = metadataText(xml, options.maxBytes ?? defaultBytes);
    const loaded = await loadLibxml();
    return readXml(loaded, text, (document) => readDocument(loaded, document, options));
  } catch (error) {
    return { ok: false, ...refusalOf(error) };
  }
}

function metadataText(xml: string | Uint8Array, bytes: number): string {
  let input = typeof xml === 'string' ? Buffer.from(xml, 'utf8') : Buffer.from(xml);
  if (input.length > bytes) refuse('too-large', 'metadata');
  // Editors and ADFS put one in front of their files.
  if (input[0] === 0xef && input[1] === 0xbb && input[2] === 0xbf) input = input.subarray(3);
  const text = xmlText(input);
  scanMarkup(text, limitsOf(bytes));
  return text;
}

function limitsOf(bytes: number): MarkupLimits {
  return {
    bytes,
    depth: 32,
    elements: bytes / 16,
    attributesPerElement: 64,
    attributes: bytes / 8,
    comments: 'allowed',
  };
}

function readDocument(
  loaded: LoadedLibxml,
  document: XmlDoc,
  { now, pinnedCertificates, allowSha1 = false }: ReadMetadataOptions,
): MetadataRead {
  const aggregate = is(document.tree, ns.metadata, 'EntitiesDescriptor');
  if (!aggregate && !is(document.tree, ns.metadata, 'EntityDescriptor')) {
    refuse('unexpected-message', document.tree.name.slice(0, 40));
  }
  distinctIds(document.tree);
  const signed = pinnedCertificates
    ? signedTree(loaded, document, { certificates: pinnedCertificates, allowSha1 })
    : null;
  const root = signed?.root ?? document.tree;
  const validUntil = instantAttribute(root, 'validUntil');
  if (aggregate && validUntil === null) refuseMetadata('unusable', 'no-valid-until');
  if (validUntil !== null && validUntil <= now) refuseMetadata('expired', 'valid-until');
  const about = {
    ok: true as const,
    verified: signed !== null,
    sha1: signed?.sha1 ?? false,
    validUntil,
    cacheDurationSeconds: durationSeconds(attributeOf(root, 'cacheDuration')),
  };
  if (aggregate) return { ...about, ...readAggregate(root, validUntil, now) };
  const entity = readServiceProvider(root, validUntil, now);
  if (entity === null) return refuseMetadata('unusable', 'no-service-provider');
  return { ...about, entities: [entity], skipped: [] };
}

function signedTree(
  loaded: LoadedLibxml,
  document: XmlDoc,
  keys: TrustedKeys,
): { root: XmlTree; sha1: boolean } {
  const signed = elementsOf(document.tree).some((one) => is(one, ns.signature, 'Signature'));
  if (!signed) refuse('unsigned', 'metadata');
  const { canonical, sha1 } = verifyRootSignature(loaded, document, keys);
  return { root: readXml(loaded, canonical.toString('utf8'), ({ tree }) => tree), sha1 };
}

function readAggregate(
  root: XmlTree,
  validUntil: number | null,
  now: number,
): { entities: PartnerMetadata[]; skipped: Skipped[] } {
  const seen = new Set<string>();
  const entities: PartnerMetadata[] = [];
  const skipped: Skipped[] = [];
  for (const [tree, until] of entitiesIn(root, validUntil)) {
    const entityId = attributeOf(tree, 'entityID') ?? '';
    if (seen.has(entityId)) refuseMetadata('duplicate', entityId.slice(0, 200));
    seen.add(entityId);
    try {
      const entity = readServiceProvider(tree, until, now);
      if (entity !== null) entities.push(entity);
    } catch (error) {
      skipped.push({ entityId, ...refusalOf(error) });
    }
  }
  return { entities, skipped };
}

type Skipped = { entityId: string; refusal: MetadataRefusal; detail: string };

/** Aggregates may stand inside one another; what is around an entity bounds how long it is valid. */
function* entitiesIn(
  group: XmlTree,
  validUntil: number | null,
): Generator<[XmlTree, number | null]> {
  const until = earliest(validUntil, instantAttribute(group, 'validUntil'));
  for (const child of elementsOf(group)) {
    if (is(child, ns.metadata, 'EntityDescriptor')) yield [child, until];
    if (is(child, ns.metadata, 'EntitiesDescriptor')) yield* entitiesIn(child, until);
  }
}

/** Throws again what is no refusal. */
function refusalOf(error: unknown): { refusal: MetadataRefusal; detail: string } {
  if (!(error instanceof Refusal)) throw error;
  const { refusal, detail } = error as Refusal<MetadataRefusal>;
  return { refusal, detail };
}
