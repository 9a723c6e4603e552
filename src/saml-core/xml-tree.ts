/** A document as plain values: what the rules read, without a parser's objects behind it. */
export interface XmlTree {
  namespace: string;
  name: string;
  attributes: readonly XmlAttribute[];
  children: readonly (XmlTree | string)[];
}

export interface XmlAttribute {
  /** Empty for none. */
  namespace: string;
  name: string;
  value: string;
}

export function is(tree: XmlTree, namespace: string, name: string): boolean {
  return tree.name === name && tree.namespace === namespace;
}

export function elementsOf(tree: XmlTree): XmlTree[] {
  return tree.children.filter((child): child is XmlTree => typeof child !== 'string');
}

export function childrenOf(tree: XmlTree, namespace: string, name: string): XmlTree[] {
  return elementsOf(tree).filter((child) => is(child, namespace, name));
}

/** The first child of that name. Where a second one would matter, the schema or the guard has refused it. */
export function childOf(tree: XmlTree, namespace: string, name: string): XmlTree | null {
  return childrenOf(tree, namespace, name)[0] ?? null;
}

/** Value of an attribute without a namespace. */
export function attributeOf(tree: XmlTree, name: string): string | null {
  const found = tree.attributes.find((one) => one.name === name && one.namespace === '');
  return found === undefined ? null : found.value;
}

/** All of an element's text, in one piece: never just the first part of it. */
export function textOf(tree: XmlTree): string {
  return tree.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
}

/** The element and everything below it, in document order. */
export function* withDescendants(tree: XmlTree): Generator<XmlTree> {
  yield tree;
  for (const child of tree.children) {
    if (typeof child !== 'string') yield* withDescendants(child);
  }
}
