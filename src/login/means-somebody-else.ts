import { aliasesOf, normaliseAlias } from '../directory/alias.js';
import type { Directory } from '../directory/directory.js';
import type { Person } from '../directory/person.js';

/**
 * Does a service's hint name another person than who is signed in? Whoever shares a browser would otherwise be taken for the
 * one before. A hint that is nobody's name decides nothing, since services know people by names that are not known here,
 * unless the service knows them by the names they have here.
 * @param byUpn whether it does: a hint like a UPN is then somebody else's unless it is one of the person's own names
 */
export async function meansSomebodyElse(
  directory: Pick<Directory, 'findByAlias'>,
  hint: string | null,
  person: Person,
  { byUpn }: { byUpn: boolean },
): Promise<boolean> {
  if (hint === null || aliasesOf(person).includes(normaliseAlias(hint))) return false;
  if (byUpn && hint.includes('@')) return true;
  const meant = await directory.findByAlias(hint);
  return meant !== null && meant.id !== person.id;
}
