/**
 * Canonical XML as it is sent. Two characters are written as references, because there are parsers (xmldom) that take
 * them for line ends, as XML 1.1 does and XML 1.0 does not: they would read something else than was signed, and refuse.
 * Canonicalised again it is what it was. They only ever stand in values, never in markup.
 */
export function wireForm(canonical: string): string {
  return canonical.replace(/[\u{85}\u{2028}]/gu, (character) =>
    character === '\u{85}' ? '&#x85;' : '&#x2028;',
  );
}
