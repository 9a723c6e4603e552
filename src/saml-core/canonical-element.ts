import { canonicalAttribute } from './canonical-text.js';

/** Attributes by name, without a namespace. Those that are `null` are left out. */
export type Attributes = Readonly<Record<string, string | number | null>>;

/**
 * An element in exclusive canonical form: namespace declaration first, attributes in the order of their names, never
 * an empty-element tag. `content` has to be canonical already.
 *
 * `declared` is the namespace that comes into use here and is in use nowhere above.
 */
export function element(
  name: string,
  declared: string | null,
  attributes: Attributes,
  ...content: readonly string[]
): string {
  return `${startTag(name, declared, attributes)}${content.join('')}</${name}>`;
}

export function startTag(name: string, declared: string | null, attributes: Attributes): string {
  let tag = `<${name}`;
  if (declared !== null) tag += ` xmlns:${name.slice(0, name.indexOf(':'))}="${declared}"`;
  const names = Object.keys(attributes);
  if (names.length > 1) names.sort();
  for (const attribute of names) {
    const value = attributes[attribute];
    if (value === null || value === undefined) continue;
    tag += ` ${attribute}="${canonicalAttribute(String(value))}"`;
  }
  return `${tag}>`;
}

/** xs:dateTime in UTC with milliseconds. `instant`: milliseconds since the epoch. */
export function dateTime(instant: number): string {
  return new Date(instant).toISOString();
}
