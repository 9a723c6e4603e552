/**
 * Reads a "return to" value from outside: a path of ours, or `null`. Browsers take `//host`, `/\host` and paths with
 * tabs or line ends in them for other sites.
 */
export function readLocalPath(text: string | null | undefined): string | null {
  if (typeof text !== 'string' || text.length > 2000) return null;
  if (!/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text)) return null;
  const base = 'http://local.invalid';
  const url = new URL(text, base);
  const path = url.pathname + url.search;
  return url.origin === base && !path.startsWith('//') ? path : null;
}
