import type { PersonId } from '../../directory/person.js';
import type { Queryable, SqlDatabase } from '../../storage/sql/sql-database.js';
import { strikesCleared } from '../attempts/strikes.js';
import { credentialIds } from './credential-store.js';
import { enrolledParameters, type OathParameters } from './oath.js';

/** More devices than anybody carries; every attempt is judged against all of them. */
export const maxCredentials = 5;

export interface NewCredential {
  id: string;
  person: PersonId;
  label: string;
  /** The secret, sealed for this id. */
  sealed: string;
  /** What every app understands when left out. */
  parameters?: OathParameters & { kind: 'totp' | 'hotp'; period: number };
  /** Used up from the start. */
  lastStep: number;
  createdAt: number;
  lastUsedAt: number | null;
}

/**
 * Adds a credential in the caller's transaction, at most once for an id and up to the limit. Strikes are forgiven:
 * whoever may add a factor has proved more than a code, and the new one counts together with the old ones.
 */
export async function insertCredential(
  tx: Queryable,
  dialect: SqlDatabase['dialect'],
  credential: NewCredential,
  firstOnly = false,
): Promise<'inserted' | 'exists' | 'too-many' | 'not-first'> {
  const { person } = credential;
  const ids = credentialIds(tx, dialect, person);
  const present = await ids.execute();
  if (present.some(({ id }) => id === credential.id)) return 'exists';
  if (firstOnly && present.length > 0) return 'not-first';
  if (present.length >= maxCredentials) return 'too-many';
  if (present.length > 0) {
    // Also what makes parallel callers meet: one of them is undone and starts over.
    await tx.updateTable('otp_credentials').set(strikesCleared).where('id', 'in', ids).execute();
  }
  const inserted = await tx
    .insertInto('otp_credentials')
    .values({
      id: credential.id,
      person_id: person,
      label: credential.label,
      secret_sealed: credential.sealed,
      ...(credential.parameters ?? { kind: 'totp', ...enrolledParameters }),
      last_step: credential.lastStep,
      drift: 0,
      drift_run: 0,
      failures: 0,
      failed_at: null,
      locked_until: null,
      created_at: credential.createdAt,
      last_used_at: credential.lastUsedAt,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted === undefined ? 'exists' : 'inserted';
}
