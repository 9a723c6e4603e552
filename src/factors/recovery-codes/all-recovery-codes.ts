import type { PersonId } from '../../directory/person.js';
import type { Queryable } from '../../storage/sql/sql-database.js';
import { lockOf, noLock, type Lock } from '../attempts/lockout.js';
import { strikesCleared } from '../attempts/strikes.js';

export interface RecoveryCodeSummary {
  remaining: number;
  total: number;
  generatedAt: number;
  lastUsedAt: number | null;
}

/** The person's set; `null` when there is none. */
export async function summariseRecoveryCodes(
  db: Queryable,
  person: PersonId,
): Promise<RecoveryCodeSummary | null> {
  const row = await db
    .selectFrom('recovery_codes')
    .select((select) => [
      select.fn.countAll<number>().as('total'),
      select.fn.count<number>('used_at').as('used'),
      select.fn.max('used_at').as('last_used_at'),
      select.fn.max('created_at').as('generated_at'),
    ])
    .where('person_id', '=', person)
    .executeTakeFirstOrThrow();
  if (row.generated_at === null) return null;
  return {
    remaining: row.total - row.used,
    total: row.total,
    generatedAt: row.generated_at,
    lastUsedAt: row.last_used_at,
  };
}

/** The lock on the person's codes; `noLock` when there is none, `null` when they have no codes. */
export async function recoveryCodesLock(db: Queryable, person: PersonId): Promise<Lock | null> {
  const row = await db
    .selectFrom('recovery_code_sets')
    .select(['locked_until', 'failures_total'])
    .where('person_id', '=', person)
    .executeTakeFirst();
  return row === undefined ? null : (lockOf(row) ?? noLock);
}

/** Forgives wrong codes. */
export async function unlockRecoveryCodes(tx: Queryable, person: PersonId): Promise<void> {
  await tx
    .updateTable('recovery_code_sets')
    .set(strikesCleared)
    .where('person_id', '=', person)
    .execute();
}

/** Deletes the set. Returns how many codes there were. */
export async function deleteRecoveryCodes(tx: Queryable, person: PersonId): Promise<number> {
  await tx.deleteFrom('recovery_code_sets').where('person_id', '=', person).execute();
  const deleted = await tx
    .deleteFrom('recovery_codes')
    .where('person_id', '=', person)
    .executeTakeFirst();
  return Number(deleted.numDeletedRows);
}
