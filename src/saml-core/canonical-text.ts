/** Something was to be put into XML that XML 1.0 has no way to write. */
export class NotXmlText extends Error {
  constructor() {
    super('text holds characters that XML cannot carry');
    this.name = 'NotXmlText';
  }
}

/** Everything but Char of XML 1.0, 2.2; with the `u` flag a lone surrogate is a character of its own. */
const illegal = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

/** Whether XML can carry the text; for those who would rather leave a value out than fail. */
export function isXmlText(text: string): boolean {
  return !illegal.test(text);
}

/** Most values are plain, and one look at them is enough. */
const plain = /^[ !#-%'-;=?-~]*$/;

const inText = /[&<>\r]/g;
const inAttribute = /[&<"\t\n\r]/g;

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

const escapeOf = (character: string): string => escapes[character] ?? character;

/** Text content as canonical XML writes it (C14N 1.0, 2.3). Throws {@link NotXmlText}. */
export function canonicalText(text: string): string {
  if (plain.test(text)) return text;
  if (illegal.test(text)) throw new NotXmlText();
  return text.replace(inText, escapeOf);
}

/** An attribute's value as canonical XML writes it (C14N 1.0, 2.3). Throws {@link NotXmlText}. */
export function canonicalAttribute(value: string): string {
  if (plain.test(value)) return value;
  if (illegal.test(value)) throw new NotXmlText();
  return value.replace(inAttribute, escapeOf);
}
