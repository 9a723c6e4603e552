import { lookupAlias } from '../alias.js';
import type { Directory, PasswordAttempt, PasswordVerdict } from '../directory.js';
import type { HashQueue, HashSlot } from '../passwords/hash-queue.js';
import type { PasswordHashing } from '../passwords/password-hashing.js';
import { isOverlong, normalisePassword } from '../passwords/password-text.js';
import { readStoredHash, type StoredHash } from '../passwords/stored-hash.js';
import type { PersonId } from '../person.js';
import { insertDecoys } from './decoy-people.js';
import {
  PasswordAttempts,
  type PasswordAttemptsDeps,
  type Reservation,
} from './password-attempts.js';
import { toPerson } from './person-row.js';
import { createLocalPeopleReader } from './read-people.js';

export interface LocalDirectoryDeps extends PasswordAttemptsDeps {
  hashing: PasswordHashing;
  queue: HashQueue;
}

/** People in our own database. */
export function createLocalDirectory(deps: LocalDirectoryDeps): Directory {
  const { database, clock, hashing, queue } = deps;
  const reader = createLocalPeopleReader(database);
  const attempts = new PasswordAttempts(deps);
  let prepared: Promise<void> | undefined;

  /** Once a process. */
  function prepare(): Promise<void> {
    prepared ??= insertDecoys(database.db, clock.now()).catch((error: unknown) => {
      prepared = undefined;
      throw error;
    });
    return prepared;
  }

  async function judge(
    attempt: PasswordAttempt,
    alias: string,
    slot: HashSlot,
  ): Promise<PasswordVerdict> {
    await prepare();
    const reservation = await attempts.reserve(alias, attempt.knownBrowserOf);
    const stored = readStoredHash(reservation.passwordHash);
    const refused = refusalBefore(reservation, stored);
    const judged = await slot(() => verify(attempt.password, stored, refused === null));
    if (refused !== null || !judged.right) {
      await attempts.fail(reservation);
      const person = reservation.unknown ? null : (reservation.row.id as PersonId);
      return { kind: 'refused', reason: refused ?? 'wrong_credentials', person };
    }
    const succeeded = await attempts.succeed(reservation, judged.newHash);
    const person = toPerson(reservation.row);
    if (succeeded === null) {
      return { kind: 'refused', reason: 'wrong_credentials', person: person.id };
    }
    const { epoch, changeRequired } = succeeded;
    return { kind: 'accepted', person: { ...person, epoch }, changeRequired };
  }

  /** One hash, whoever it is about; a second one only to replace an outdated hash that was matched. */
  async function verify(typed: string, stored: StoredHash | null, mayReplace: boolean) {
    const password = isOverlong(typed) ? '' : normalisePassword(typed);
    const matches = await hashing.verify(stored ?? hashing.decoy, password);
    const right = matches && stored !== null && password !== '';
    const replaces = right && mayReplace && hashing.isOutdated(stored);
    return { right, newHash: replaces ? await hashing.hash(password) : null };
  }

  return {
    find: reader.find,
    findByAlias: reader.findByAlias,
    checkPassword(attempt) {
      const alias = lookupAlias(attempt.username);
      return queue.takeTurn(alias, (slot) => judge(attempt, alias, slot));
    },
  };
}

/** Why a right password would be refused too. */
function refusalBefore(
  { unknown, row, reserved }: Reservation,
  stored: StoredHash | null,
): (PasswordVerdict & { kind: 'refused' })['reason'] | null {
  if (unknown) return 'unknown_person';
  if (row.disabled_at !== null) return 'person_disabled';
  if (stored === null) return 'no_password_set';
  return reserved ? null : 'password_locked';
}
