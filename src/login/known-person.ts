import type { Directory } from '../directory/directory.js';
import type { Person } from '../directory/person.js';
import { isCurrent } from '../sessions/session-person.js';
import type { SignInRecord } from './sign-in-record.js';

type Find = Pick<Directory, 'find'>;

/** Whom a new sign-in is about before anybody has typed anything; `null` when nobody is known. */
export async function personKnownAtStart(
  directory: Find,
  record: SignInRecord,
): Promise<Person | null> {
  return (await personOfSession(directory, record)) ?? (await personVouchedFor(directory, record));
}

/** The person as they are now; `null` when they are disabled or what was issued at that epoch is void. */
export async function inForce(
  directory: Find,
  { id, epoch }: Pick<Person, 'id' | 'epoch'>,
): Promise<Person | null> {
  const person = await directory.find(id);
  return person !== null && !person.disabled && person.epoch === epoch ? person : null;
}

/** The joined session's person, unless what was issued to them is void by now. */
async function personOfSession(
  directory: Find,
  { session, request }: SignInRecord,
): Promise<Person | null> {
  if (session === null || request.force) return null;
  const person = await inForce(directory, { id: session.person, epoch: session.epoch });
  return person !== null && isCurrent(session, person) ? person : null;
}

/** Whom another party has proved something of already; what it proved is about them alone. */
async function personVouchedFor(
  directory: Find,
  { request }: SignInRecord,
): Promise<Person | null> {
  if (request.subject === null || request.priorEvidence.length === 0) return null;
  const person = await directory.find(request.subject);
  return person !== null && !person.disabled ? person : null;
}
