/** UTF-8 bytes a user name, mail address or UPN may have, as typed and normalised. */
export const longestAliasBytes = 1024;

/**
 * The form in which user names, mail addresses and UPNs are compared and are unique over all people: NFKC,
 * lower case (Unicode default mapping, no locale), without surrounding white space.
 */
export function normaliseAlias(text: string): string {
  return text.normalize('NFKC').toLowerCase().normalize('NFKC').trim();
}

/** Can this normalised text be an alias at all? Excludes what a database refuses or an index cannot hold. */
export function isStorableAlias(alias: string): boolean {
  return (
    alias !== '' &&
    Buffer.byteLength(alias) <= longestAliasBytes &&
    !/[\p{Cc}\p{Surrogate}]/u.test(alias)
  );
}

/** What to look up for something typed. The empty text, which is nobody's alias, stands for the impossible. */
export function lookupAlias(typed: string): string {
  if (typed.length > longestAliasBytes) return '';
  const alias = normaliseAlias(typed);
  return isStorableAlias(alias) ? alias : '';
}

/** The aliases of one person, normalised and each once. */
export function aliasesOf(person: {
  username: string;
  mail?: string | null;
  upn?: string | null;
}): string[] {
  const typed = [person.username, person.mail, person.upn];
  return [...new Set(typed.filter((text) => typeof text === 'string').map(normaliseAlias))];
}
