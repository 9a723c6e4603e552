import { printable } from '../printable.js';

const plain = /[^\x20-\x7e]+/g;

/**
 * A value in a PowerShell script. In single quotes it takes everything literally, and a quote is written twice. What is not
 * ASCII is added by number: Windows PowerShell reads a file without byte order mark as ANSI, in which bytes of other letters
 * are quotes.
 */
export function quoted(text: string): string {
  const inQuotes = (part: string) => `'${part.replaceAll("'", "''")}'`;
  const shown = printable(text);
  const others = [...shown.matchAll(plain)];
  if (others.length === 0) return inQuotes(shown);
  // Begins with a text even if that is empty: only then does + put texts together.
  const parts: string[] = [];
  let at = 0;
  for (const { 0: run, index } of others) {
    if (index > at || at === 0) parts.push(inQuotes(shown.slice(at, index)));
    parts.push(...unitsOf(run).map((unit) => `[char]0x${unit}`));
    at = index + run.length;
  }
  if (at < shown.length) parts.push(inQuotes(shown.slice(at)));
  return `(${parts.join(' + ')})`;
}

/** A line of a script in ASCII, for what is in comments: `\u00fc`, as JSON has it. */
export const asciiLine = (line: string): string =>
  printable(line).replaceAll(plain, (run) =>
    unitsOf(run)
      .map((unit) => `\\u${unit.toLowerCase()}`)
      .join(''),
  );

/** UTF-16 code units by four hexadecimal digits each, which is what a `[char]` is. */
const unitsOf = (text: string): string[] =>
  Array.from({ length: text.length }, (_, index) =>
    text.charCodeAt(index).toString(16).toUpperCase().padStart(4, '0'),
  );
