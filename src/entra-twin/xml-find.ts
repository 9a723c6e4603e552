import type { XmlElement } from './xml-reader.js';

export const is = (element: XmlElement, namespace: string, name: string): boolean =>
  element.namespace === namespace && element.name === name;

export const childrenOf = (
  element: XmlElement | null,
  namespace: string,
  name: string,
): XmlElement[] => element?.children.filter((child) => is(child, namespace, name)) ?? [];

/** The first of those children. */
export const childOf = (
  element: XmlElement | null,
  namespace: string,
  name: string,
): XmlElement | null => childrenOf(element, namespace, name)[0] ?? null;

/** Text of the first of those children, without blanks around it; `null` when there is none. */
export const textOf = (
  element: XmlElement | null,
  namespace: string,
  name: string,
): string | null => childOf(element, namespace, name)?.text.trim() ?? null;

export const attributeOf = (element: XmlElement | null, name: string): string | null =>
  element?.attributes.get(name) ?? null;

/** The element and everything below it. */
export function* everyElement(element: XmlElement): Generator<XmlElement> {
  yield element;
  for (const child of element.children) yield* everyElement(child);
}

export function findAll(element: XmlElement, namespace: string, name: string): XmlElement[] {
  return [...everyElement(element)].filter((one) => is(one, namespace, name));
}
