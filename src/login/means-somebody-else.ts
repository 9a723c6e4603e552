import { aliasesOf, normaliseAlias } from '../directory/alias.js';
import type { Directory } from '../directory/directory.js';
import type { Person } from '../directory/person.js';

/**
 * Does a service's hint name another person than who is signed in? Whoever shares a browser would otherwise be taken for the
 * one before. A hint that is nobody's name decides nothing: services know people by names that are not known here.
 */
export async function meansSomebodyElse(
  directory: Pick<Directory, 'findByAlias'>,
  hint: string | null,
  person: Person,
): Promise<boolean> {
  if (hint === null || aliasesOf(person).includes(normaliseAlias(hint))) return false;
  const meant = await directory.findByAlias(hint);
  return meant !== null && meant.id !== person.id;
}
