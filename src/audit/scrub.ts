/** Far more than is kept of any text, so that what is cut here in the middle of a URL is not kept anyway. */
const longestText = 20_000;

/**
 * Takes out of a text what libraries are known to put into their messages: credentials and queries of URLs,
 * connection-string passwords, authorization headers. Log lines carry typed fields and need none of this; it
 * stands guard over texts written by others (error messages, stacks).
 */
export function scrub(text: string): string {
  return text
    .slice(0, longestText)
    .replace(/([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s"'<>]*@/gi, '$1')
    .replace(/[?#][^\s"'<>?#]*=[^\s"'<>]*/g, '?…')
    .replace(/(passw(?:or)?d|pwd|secret|token|authorization|cookie)(["']?\s*[=:]\s*).+/gi, '$1$2…')
    .replace(/\b(Basic|Bearer|DPoP)\s+[\w.~+/=-]{8,}/g, '$1 …');
}
