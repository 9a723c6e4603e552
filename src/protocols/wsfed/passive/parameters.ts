import type { Parameters } from './parameter-names.js';
import { parameterNames } from './parameter-names.js';

/**
 * Reads the parameters that mean something here, so that no two readers can disagree: each at most once, its name
 * written as it is, valid UTF-8, no NUL. Whatever else is there is let be: Entra sends a dozen of its own.
 * @param raw a query or a form, as it was sent, each byte as a character of Latin-1
 * @returns what is wrong with it, where something is
 */
export function readParameters(
  raw: string,
): { ok: true; parameters: Parameters } | { ok: false; detail: string } {
  const found = new Map<string, string>();
  const text = utf8Of(raw);
  if (text === null) return { ok: false, detail: 'not-text' };
  for (const pair of text === '' ? [] : text.split('&')) {
    const equals = pair.indexOf('=');
    const written = equals < 0 ? pair : pair.slice(0, equals);
    const name = decoded(written);
    if (name === null || !parameterNames.has(name)) continue;
    if (name !== written) return { ok: false, detail: `encoded-name: ${name}` };
    if (found.has(name)) return { ok: false, detail: `twice: ${name}` };
    const value = equals < 0 ? '' : decoded(pair.slice(equals + 1));
    if (value?.includes('\0') !== false) return { ok: false, detail: `not-text: ${name}` };
    found.set(name, value);
  }
  return { ok: true, parameters: Object.fromEntries(found) };
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes come as characters of Latin-1; whoever percent-encodes, as browsers do, sends none above ASCII. */
function utf8Of(raw: string): string | null {
  try {
    return utf8.decode(Buffer.from(raw, 'latin1'));
  } catch {
    return null;
  }
}

/** `null` for what is not UTF-8. */
function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
