import type { Queryable } from '../../storage/sql/sql-database.js';
import type { PersonId } from '../person.js';
import { defaultPasswordLockout } from './lockout.js';

/** How somebody's account and password stand, for those who help them. Times are milliseconds since the epoch. */
export interface PersonStanding {
  /** Everything they can type as user name, as it is compared. */
  aliases: readonly string[];
  disabledAt: number | null;
  hasPassword: boolean;
  passwordChangedAt: number | null;
  /** Since when a new password is demanded. */
  changeDemandedAt: number | null;
  /** Until when no password is taken: from anywhere, and from browsers that signed them in before. */
  lockedUntil: number | null;
  knownBrowserLockedUntil: number | null;
  /** Wrong passwords in a row, over all locks, and whether they are so many that only unlocking helps. */
  wrongInAll: number;
  lockedForGood: boolean;
}

/** Two round trips; `null` when there is no such person. */
export async function readStanding(
  db: Queryable,
  id: PersonId,
  now: number,
): Promise<PersonStanding | null> {
  const row = await db
    .selectFrom('people')
    .select([
      'disabled_at',
      'password_hash',
      'password_changed_at',
      'password_change_demanded_at',
      'password_locked_until',
      'known_browser_locked_until',
      'password_failures_total',
    ])
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) return null;
  const aliases = await db
    .selectFrom('person_aliases')
    .select('alias')
    .where('person_id', '=', id)
    .orderBy('alias')
    .execute();
  const ahead = (until: number | null) => (until !== null && until > now ? until : null);
  return {
    aliases: aliases.map(({ alias }) => alias),
    disabledAt: row.disabled_at,
    hasPassword: row.password_hash !== null,
    passwordChangedAt: row.password_changed_at,
    changeDemandedAt: row.password_change_demanded_at,
    lockedUntil: ahead(row.password_locked_until),
    knownBrowserLockedUntil: ahead(row.known_browser_locked_until),
    wrongInAll: row.password_failures_total,
    lockedForGood: row.password_failures_total >= defaultPasswordLockout.attemptsInAll,
  };
}
