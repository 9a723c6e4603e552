import { distinctIds } from './distinct-ids.js';
import type { ProtocolMessage } from './messages.js';
import { ns } from './namespaces.js';
import { refuse } from './refusal.js';
import type { XmlDoc } from './xml-document.js';
import {
  attributeOf,
  childOf,
  childrenOf,
  elementsOf,
  is,
  textOf,
  withDescendants,
} from './xml-tree.js';
import type { XmlTree } from './xml-tree.js';

export interface Guarded {
  type: ProtocolMessage['type'];
  issuer: string;
  /** The root carries a `ds:Signature`. Nothing is known about it yet. */
  signature: boolean;
}

const known: readonly ProtocolMessage['type'][] = [
  'AuthnRequest',
  'LogoutRequest',
  'LogoutResponse',
];

/** Children of the protocol namespace that are messages themselves (SAML 2.0 core, 3). */
const messageName = /^(?:.*(?:Request|Response|Query)|ArtifactResolve)$/;

const longestEntityId = 1024;
const longestId = 256;

/**
 * Every message passes here before its values mean anything: one message of the expected kind, nothing hidden in it
 * that could be taken for a message, an assertion or a second signature, and valid by the schemas.
 */
export function guardMessage(
  document: XmlDoc,
  expected: readonly ProtocolMessage['type'][],
): Guarded {
  const root = document.tree;
  const type = known.find((name) => is(root, ns.protocol, name));
  if (type === undefined || !expected.includes(type)) {
    return refuse('unexpected-message', root.name.slice(0, 40));
  }
  noForeignParts(root);
  distinctIds(root);
  usableId(attributeOf(root, 'ID') ?? '');
  const signature = oneSignature(root);
  document.validate();
  if (attributeOf(root, 'Version') !== '2.0') refuse('malformed', 'version');
  return { type, issuer: issuerOf(root), signature };
}

/** Nothing that belongs into another message, and nothing that changes what the schema says. */
export function noForeignParts(root: XmlTree): void {
  for (const element of withDescendants(root)) {
    const { namespace, name } = element;
    if (element !== root && namespace === ns.protocol && messageName.test(name)) {
      refuse('forbidden-construct', 'second-message');
    }
    if (namespace === ns.assertion && /^(?:Encrypted)?Assertion$|^Advice$/.test(name)) {
      refuse('forbidden-construct', 'assertion');
    }
    if (is(element, ns.signature, 'Object')) refuse('forbidden-construct', 'object');
    if (is(element, ns.signature, 'Manifest')) refuse('forbidden-construct', 'manifest');
    if (is(element, ns.protocol, 'Extensions')) onlyStrangersIn(element);
    for (const attribute of element.attributes) {
      // What the schema says of an element is not the sender's to change, and no schema is fetched.
      if (attribute.namespace === ns.schemaInstance) refuse('forbidden-construct', 'xsi');
    }
  }
}

/** Extensions are somebody else's vocabulary; nothing of SAML or of signatures has to be in there. */
function onlyStrangersIn(extensions: XmlTree): void {
  const ours: readonly string[] = [ns.protocol, ns.assertion, ns.signature, ns.encryption];
  for (const element of withDescendants(extensions)) {
    if (element !== extensions && ours.includes(element.namespace)) {
      refuse('forbidden-construct', 'extensions');
    }
  }
}

function usableId(id: string): void {
  if (id.length > longestId) refuse('too-large', 'id');
  if (id !== id.trim()) refuse('malformed', 'id');
}

function oneSignature(root: XmlTree): boolean {
  const direct = childrenOf(root, ns.signature, 'Signature');
  if (direct.length > 1) refuse('signature-structure', 'several-signatures');
  for (const element of withDescendants(root)) {
    if (!is(element, ns.signature, 'Signature')) continue;
    if (!direct.includes(element)) refuse('signature-structure', 'misplaced-signature');
    if (childrenOf(element, ns.signature, 'SignedInfo').length !== 1) {
      refuse('signature-structure', 'signed-info');
    }
    for (const part of withDescendants(element)) {
      if (is(part, ns.signature, 'RetrievalMethod')) {
        refuse('signature-structure', 'retrieval-method');
      }
    }
  }
  return direct.length === 1;
}

function issuerOf(root: XmlTree): string {
  const issuer = childOf(root, ns.assertion, 'Issuer');
  if (issuer === null) return refuse('malformed', 'no-issuer');
  const value = textOf(issuer);
  if (value === '' || value.length > longestEntityId || elementsOf(issuer).length > 0) {
    refuse('malformed', 'issuer');
  }
  const format = attributeOf(issuer, 'Format');
  if (format !== null && format !== 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity') {
    refuse('malformed', 'issuer-format');
  }
  return value;
}
