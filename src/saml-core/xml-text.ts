import { refuse } from './refusal.js';

const declaration =
  /^<\?xml\s+version\s*=\s*(["'])1\.0\1(?:\s+encoding\s*=\s*(["'])([A-Za-z0-9._-]{1,40})\2)?(?:\s+standalone\s*=\s*(["'])(?:yes|no)\4)?\s*\?>/;

/**
 * As a mark nobody needs it, and as a character it is lost: fetching strings out of WebAssembly drops it where a value
 * begins, so that another value would be read than was signed.
 */
const byteOrderMark = /\u{feff}|&#(?:x0*feff|0*65279);/iu;

/**
 * Bytes to text. UTF-8 is the only encoding: whoever guesses at encodings can be made to read something else than the
 * one who checks. The XML declaration is taken off, so that nothing after this has an encoding to believe in.
 */
export function xmlText(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes);
  if (byteOrderMark.test(text)) refuse('malformed', 'byte-order-mark');
  if (text.includes('\0')) refuse('malformed', 'encoding');
  if (!text.startsWith('<?xml')) return text;
  const found = declaration.exec(text);
  if (found === null) return refuse('malformed', 'xml-declaration');
  const encoding = found[3];
  if (encoding !== undefined && encoding.toLowerCase() !== 'utf-8') refuse('malformed', 'encoding');
  return text.slice(found[0].length);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return refuse('malformed', 'encoding');
  }
}
