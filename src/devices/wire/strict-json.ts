/**
 * JSON in UTF-8 (RFC 8259) without a byte order mark, in which no object has a member twice: readers differ in which one counts, so
 * what was signed could mean two things.
 * @throws SyntaxError, TypeError for anything else
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  const text = strictUtf8.decode(bytes);
  const value: unknown = JSON.parse(text);
  if (hasMemberTwice(text)) throw new SyntaxError('a member is there twice');
  return value;
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A text, with the colon after it that makes it a name; or where an object begins or ends. */
const tokens = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[{}]/g;

/** @param text well-formed */
function hasMemberTwice(text: string): boolean {
  const open: Set<string>[] = [];
  for (const [token, quoted, colon] of text.matchAll(tokens)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (quoted !== undefined && colon !== undefined) {
      const name = JSON.parse(quoted) as string;
      const names = open.at(-1);
      if (names?.has(name) === true) return true;
      names?.add(name);
    }
  }
  return false;
}
