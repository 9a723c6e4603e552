/** An element with its names resolved. */
export interface XmlElement {
  namespace: string;
  name: string;
  /** By local name; attributes in a namespace are under `{namespace}name`. */
  attributes: ReadonlyMap<string, string>;
  children: readonly XmlElement[];
  /** Its own text, without that of its children. */
  text: string;
  parent: XmlElement | null;
}

export class XmlUnreadable extends Error {
  override name = 'XmlUnreadable';
}

interface OpenElement extends XmlElement {
  children: XmlElement[];
  tag: string;
  scope: ReadonlyMap<string, string>;
}

/** The XML declaration, an end tag, a start tag, or text. Nothing else is read. */
const token =
  /<\?xml [^>]*\?>|<\/([\w.:-]+)\s*>|<([A-Za-z_][\w.:-]*)((?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/gy;
const attribute = /([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/**
 * Reads a document without DTD, comment, CDATA and processing instruction; with any of them it is refused, since what two
 * readers make of those differs.
 * @throws XmlUnreadable
 */
export function readXml(document: string): XmlElement {
  const root = { current: null as OpenElement | null };
  let open: OpenElement | null = null;
  token.lastIndex = 0;
  for (let at = 0; at < document.length; at = token.lastIndex) {
    token.lastIndex = at;
    const found = token.exec(document);
    if (found === null) throw new XmlUnreadable(constructAt(document, at));
    const [whole, endTag, startTag, written = '', selfClosed, text] = found;
    if (text !== undefined) {
      if (open !== null) open.text += unescapeXml(text);
      else if (text.trim() !== '') throw new XmlUnreadable('text outside of the document');
    } else if (endTag !== undefined) {
      if (open?.tag !== endTag) throw new XmlUnreadable(`</${endTag}> ends nothing`);
      open = open.parent as OpenElement | null;
    } else if (startTag !== undefined) {
      if (open === null && root.current !== null) throw new XmlUnreadable('two documents');
      const element = startElement(startTag, written, open);
      if (open === null) root.current = element;
      else open.children.push(element);
      if (selfClosed === '') open = element;
    } else if (whole.startsWith('<?xml') && at > 0) {
      throw new XmlUnreadable('a declaration within the document');
    }
  }
  if (root.current === null || open !== null) throw new XmlUnreadable('the document does not end');
  return root.current;
}

const refused: readonly (readonly [begins: string, what: string])[] = [
  ['<!--', 'a comment'],
  ['<![CDATA[', 'a CDATA section'],
  ['<!DOCTYPE', 'a document type declaration'],
  ['<?', 'a processing instruction'],
];

/** What is refused, and the line it begins in, counted from 1. */
function constructAt(document: string, at: number): string {
  const what = refused.find(([begins]) => document.startsWith(begins, at))?.[1];
  return `${what ?? 'nothing that may stand there'}, line ${document.slice(0, at).split('\n').length}`;
}

function startElement(tag: string, written: string, parent: OpenElement | null): OpenElement {
  const scope = new Map(parent?.scope);
  const plain: [string, string][] = [];
  for (const [, name = '', double, single] of written.matchAll(attribute)) {
    const value = unescapeXml(double ?? single ?? '');
    if (name === 'xmlns') scope.set('', value);
    else if (name.startsWith('xmlns:')) scope.set(name.slice(6), value);
    else plain.push([name, value]);
  }
  const attributes = new Map<string, string>();
  for (const [name, value] of plain) {
    const [prefix, local] = split(name);
    const key = prefix === '' ? local : `{${namespaceOf(prefix, scope)}}${local}`;
    if (attributes.has(key)) throw new XmlUnreadable(`${name} twice`);
    attributes.set(key, value);
  }
  const [prefix, name] = split(tag);
  const namespace = namespaceOf(prefix, scope);
  return { namespace, name, attributes, children: [], text: '', parent, tag, scope };
}

function split(name: string): [prefix: string, local: string] {
  const at = name.indexOf(':');
  return at < 0 ? ['', name] : [name.slice(0, at), name.slice(at + 1)];
}

function namespaceOf(prefix: string, scope: ReadonlyMap<string, string>): string {
  const found = prefix === 'xml' ? 'xml' : scope.get(prefix);
  if (found === undefined && prefix !== '')
    throw new XmlUnreadable(`prefix ${prefix} is not declared`);
  return found ?? '';
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

function unescapeXml(text: string): string {
  return text.replaceAll(/&([^;&]*);?/g, (reference, name: string) => {
    const known = entities[name];
    if (known !== undefined && reference.endsWith(';')) return known;
    const number = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}));$/i.exec(reference.slice(1));
    if (number === null) throw new XmlUnreadable(`an unknown reference: ${reference}`);
    const point = number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16);
    if (point > 0x10ffff) throw new XmlUnreadable(`an unknown reference: ${reference}`);
    return String.fromCodePoint(point);
  });
}
