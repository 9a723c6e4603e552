/** A domain in lower case; `null` for what is none. */
export function domainOf(written: unknown): string | null {
  if (typeof written !== 'string' || written.length > 253) return null;
  const domain = written.toLowerCase();
  const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
  return domain.split('.').every((part) => label.test(part)) ? domain : null;
}
