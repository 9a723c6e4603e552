/**
 * Takes out of a text what libraries are known to put into their messages: credentials and queries of URLs,
 * connection-string passwords, authorization headers. Log lines carry typed fields and need none of this; it
 * stands guard over texts written by others (error messages, stacks).
 */
export function scrub(text: string): string {
  return text
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s"'<>]*@/gi, '$1')
    .replace(/[?#][^\s"'<>?#]*=[^\s"'<>]*/g, '?…')
    .replace(
      /\b(password|passwd|pwd|secret|token|authorization|cookie)(["']?\s*[=:]\s*).+/gi,
      '$1$2…',
    )
    .replace(/\b(Basic|Bearer|DPoP)\s+[\w.~+/=-]{8,}/g, '$1 …');
}
