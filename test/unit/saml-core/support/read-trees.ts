import { DOMParser } from '@xmldom/xmldom';
import { withXml } from '../../../../src/saml-core/xml-document.js';
import type { XmlTree } from '../../../../src/saml-core/xml-tree.js';

const signature = 'http://www.w3.org/2000/09/xmldsig#';

/** As xmldom reads it, without signatures. */
export function treeByXmldom(xml: string): XmlTree {
  const root = new DOMParser().parseFromString(xml, 'text/xml').documentElement;
  return plain(fromDom(root));
}

/** As libxml2 reads it, without signatures. */
export function treeByLibxml(xml: string): Promise<XmlTree> {
  return withXml(xml, ({ tree }) => plain(tree));
}

/**
 * Fetching strings out of WebAssembly drops a first U+FEFF. That is no reading of the parser, and why messages that
 * hold one are not received.
 */
export function withoutMarks(tree: XmlTree): unknown {
  return JSON.parse(JSON.stringify(tree).replaceAll(/"\u{feff}+/gu, '"'));
}

/** Every text and every attribute's value by what `change` makes of it. */
export function mapValues(tree: XmlTree, change: (value: string) => string): XmlTree {
  return plain({
    ...tree,
    attributes: tree.attributes.map((one) => ({ ...one, value: change(one.value) })),
    children: tree.children.map((child) =>
      typeof child === 'string' ? change(child) : mapValues(child, change),
    ),
  });
}

function plain(tree: XmlTree): XmlTree {
  const children: (XmlTree | string)[] = [];
  for (const child of tree.children) {
    if (typeof child !== 'string') {
      if (child.namespace !== signature || child.name !== 'Signature') children.push(plain(child));
      continue;
    }
    const last = children.at(-1);
    if (typeof last === 'string') children.splice(-1, 1, last + child);
    else if (child !== '') children.push(child);
  }
  const order = (one: { namespace: string; name: string }) => `${one.namespace} ${one.name}`;
  const attributes = [...tree.attributes].sort((a, b) => (order(a) < order(b) ? -1 : 1));
  return { namespace: tree.namespace, name: tree.name, attributes, children };
}

interface DomNode {
  nodeType: number;
  nodeValue: string | null;
}

interface DomElement extends DomNode {
  namespaceURI: string | null;
  localName: string;
  attributes: ArrayLike<{ namespaceURI: string | null; localName: string; value: string }>;
  childNodes: ArrayLike<DomNode>;
}

function fromDom(element: DomElement): XmlTree {
  return {
    namespace: element.namespaceURI ?? '',
    name: element.localName,
    attributes: Array.from(element.attributes)
      .filter((one) => one.namespaceURI !== 'http://www.w3.org/2000/xmlns/')
      .map((one) => ({
        namespace: one.namespaceURI ?? '',
        name: one.localName,
        value: one.value,
      })),
    children: Array.from(element.childNodes).map((node) => {
      if (node.nodeType === 1) return fromDom(node as DomElement);
      if (node.nodeType === 3) return node.nodeValue ?? '';
      throw new Error(`a node of type ${node.nodeType} was never written`);
    }),
  };
}
