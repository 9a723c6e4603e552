import { timingSafeEqual } from 'node:crypto';
import type { PersonId } from '../directory/person.js';
import { readPrefixedId } from '../kernel/prefixed-id.js';
import type { Sealer } from '../keys/sealer.js';

/** The signed list of people who completed a sign-in in this browser; it grants nothing but a budget of its own. */
export function readKnownBrowser(sealer: Sealer, cookie: string | null): PersonId[] {
  if (cookie === null) return [];
  const [list = '', mac = ''] = cookie.split('.');
  const expected = Buffer.from(sealer.mac(list, CONTEXT));
  const given = Buffer.from(mac);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return [];
  return list.split('~').flatMap((text) => readPrefixedId('per', text) ?? []);
}

export function rememberPerson(
  sealer: Sealer,
  known: readonly PersonId[],
  person: PersonId,
): string {
  const list = [person, ...known.filter((id) => id !== person)].slice(0, MOST_PEOPLE).join('~');
  return `${list}.${sealer.mac(list, CONTEXT)}`;
}

const CONTEXT = 'known-browser';
/** Enough for a family or a shared desk. */
const MOST_PEOPLE = 8;
