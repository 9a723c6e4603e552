import { base64WithBreaks } from './base64.js';
import { ns } from './namespaces.js';
import { refuse } from './refusal.js';
import { attributeOf, childrenOf, elementsOf, is, textOf, withDescendants } from './xml-tree.js';
import type { XmlTree } from './xml-tree.js';

/** What a signature says it is over, and how. */
export interface SignedInfo {
  /** Prefixes treated inclusively when the `SignedInfo` itself is canonicalised. */
  prefixes: string[];
  signatureMethod: string | null;
  reference: string | null;
  /** Prefixes treated inclusively when the signed element is canonicalised. */
  referencePrefixes: string[];
  digestMethod: string | null;
  digest: Buffer;
}

const enveloped = `${ns.signature}enveloped-signature`;

/** The elements of a complete one, with some room. */
const mostElements = 16;

/** Longest list of prefixes for inclusive treatment. */
const mostPrefixes = 20;

/**
 * Reads a `SignedInfo` of the one form that SAML needs (SAML 2.0 core, 5.4): one reference, the enveloped signature
 * taken out, exclusive canonical form. Whatever else could make a verifier digest other bytes is refused.
 */
export function readSignedInfo(tree: XmlTree): SignedInfo {
  smallAndPlain(tree);
  const canonicalization = onlyChild(tree, 'CanonicalizationMethod');
  if (attributeOf(canonicalization, 'Algorithm') !== ns.exclusiveC14n) {
    refuse('signature-structure', 'canonicalization');
  }
  const reference = onlyChild(tree, 'Reference');
  return {
    prefixes: inclusivePrefixes(canonicalization),
    signatureMethod: algorithmOf(onlyChild(tree, 'SignatureMethod')),
    reference: attributeOf(reference, 'URI'),
    referencePrefixes: transforms(reference),
    digestMethod: algorithmOf(onlyChild(reference, 'DigestMethod')),
    digest: base64WithBreaks(textOf(onlyChild(reference, 'DigestValue'))),
  };
}

export function onlyChild(parent: XmlTree, name: string): XmlTree {
  const found = childrenOf(parent, ns.signature, name);
  const [one] = found;
  if (one === undefined || found.length > 1) {
    return refuse('signature-structure', `not-one-${name}`);
  }
  return one;
}

/** It is canonicalised before anything is known about the sender, so it must not be able to grow. */
function smallAndPlain(tree: XmlTree): void {
  let count = 0;
  for (const { namespace } of withDescendants(tree)) {
    count += 1;
    if (count > mostElements) refuse('signature-structure', 'signed-info-size');
    if (namespace !== ns.signature && namespace !== ns.exclusiveC14n) {
      refuse('signature-structure', 'signed-info-content');
    }
  }
}

function transforms(reference: XmlTree): string[] {
  const [first, second, ...rest] = elementsOf(onlyChild(reference, 'Transforms'));
  if (first === undefined || second === undefined) {
    return refuse('signature-structure', 'missing-transform');
  }
  if (rest.length > 0) refuse('signature-structure', 'more-transforms');
  if (algorithmOf(first) !== enveloped) refuse('signature-structure', 'first-transform');
  if (attributeOf(second, 'Algorithm') !== ns.exclusiveC14n) {
    refuse('signature-structure', 'second-transform');
  }
  return inclusivePrefixes(second);
}

/** An algorithm without parameters: those that have some are not on the list. */
function algorithmOf(method: XmlTree): string | null {
  if (elementsOf(method).length > 0) refuse('signature-structure', 'algorithm-parameters');
  return attributeOf(method, 'Algorithm');
}

function inclusivePrefixes(method: XmlTree): string[] {
  const parameters = elementsOf(method);
  const [only] = parameters;
  if (only === undefined) return [];
  if (parameters.length > 1 || !is(only, ns.exclusiveC14n, 'InclusiveNamespaces')) {
    return refuse('signature-structure', 'canonicalization-parameters');
  }
  const list = (attributeOf(only, 'PrefixList') ?? '').split(/[\t\n\r ]+/).filter(Boolean);
  if (list.length > mostPrefixes) refuse('signature-structure', 'canonicalization-prefixes');
  return list;
}
