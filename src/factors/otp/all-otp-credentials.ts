import type { PersonId } from '../../directory/person.js';
import type { Queryable, SqlDatabase } from '../../storage/sql/sql-database.js';
import { lockOf, type Lock } from '../attempts/lockout.js';
import { strikesCleared } from '../attempts/strikes.js';
import type { Enrolment } from '../factor.js';
import { credentialIds } from './credential-store.js';

export interface OtpCredentialState extends Enrolment {
  kind: string;
  /** Also one that has run out. */
  lock: Lock | null;
}

/** A person's credentials, oldest first. */
export async function listOtpCredentials(
  db: Queryable,
  person: PersonId,
): Promise<OtpCredentialState[]> {
  const rows = await db
    .selectFrom('otp_credentials')
    .select(['id', 'label', 'created_at', 'last_used_at', 'kind', 'locked_until', 'failures_total'])
    .where('person_id', '=', person)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    label: row.label,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    kind: row.kind,
    lock: lockOf(row),
  }));
}

/** Forgives the wrong codes of all of them. */
export async function unlockOtpCredentials(
  tx: Queryable,
  dialect: SqlDatabase['dialect'],
  person: PersonId,
): Promise<void> {
  const ids = credentialIds(tx, dialect, person);
  await tx.updateTable('otp_credentials').set(strikesCleared).where('id', 'in', ids).execute();
}

/** Deletes all of them, secrets included. Returns what they were. */
export function deleteOtpCredentials(
  tx: Queryable,
  person: PersonId,
): Promise<{ id: string; label: string }[]> {
  return tx
    .deleteFrom('otp_credentials')
    .where('person_id', '=', person)
    .returning(['id', 'label'])
    .execute();
}
