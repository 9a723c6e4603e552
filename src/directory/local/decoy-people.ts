import type { Queryable } from '../../storage/sql/sql-database.js';
import { createHash } from 'node:crypto';

/**
 * Rows of `people` that stand in for people who do not exist: attempts at unknown names are counted there, so that
 * the database does the same work, the same writes included. They have no alias, no password, are disabled, and
 * appear in no list.
 */
const decoys = 16;

const idPrefix = 'per_nobody-';

/** Which decoy a name uses; several, so that a flood of unknown names does not queue for one row. */
export function decoyIdFor(alias: string): string {
  const [byte] = createHash('sha256').update(alias).digest();
  return `${idPrefix}${(byte as number) % decoys}`;
}

export function isDecoy(id: string): boolean {
  return id.startsWith(idPrefix);
}

/** `LIKE` pattern of the ids of decoys. */
export const decoyIdPattern = `${idPrefix}%`;

export async function insertDecoys(db: Queryable, now: number): Promise<void> {
  const rows = Array.from({ length: decoys }, (_, index) => ({
    id: `${idPrefix}${index}`,
    // A control character, so that no real person can have this user name.
    username: `\u0001nobody-${index}`,
    name: '',
    mail: null,
    upn: null,
    attributes: '{}',
    locale: null,
    epoch: 0,
    disabled_at: now,
    created_at: now,
    updated_at: now,
    record_version: 1,
    password_hash: null,
    password_changed_at: null,
    password_failures: 0,
    password_failed_at: null,
    password_locked_until: null,
    known_browser_failures: 0,
    known_browser_failed_at: null,
    known_browser_locked_until: null,
    password_failures_total: 0,
  }));
  await db
    .insertInto('people')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
