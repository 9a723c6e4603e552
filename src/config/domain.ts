/** A domain in lower case; `null` for what is none. */
export function domainOf(written: unknown): string | null {
  if (typeof written !== 'string' || written.length > 253) return null;
  const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;
  // Judged before lower case, which makes an ASCII letter of some that are none.
  return written.split('.').every((part) => label.test(part)) ? written.toLowerCase() : null;
}
