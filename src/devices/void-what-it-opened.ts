import { sql } from 'kysely';
import type { Outbox } from '../jobs/outbox.js';
import type { Clock } from '../kernel/clock.js';
import { endVoidSessions } from '../sessions/end-void-sessions.js';
import type { Queryable } from '../storage/sql/sql-database.js';
import type { Profile, RevocationReason } from './profile.js';

/** What ends with a phone that is taken out of use. */
export type RevocationEnds = 'sessions-of-phone' | 'all-sessions' | 'nothing';

/** Reasons for which nobody else can have had the phone: its owner activated it anew, or never did. */
const harmless: ReadonlySet<RevocationReason> = new Set(['replaced', 'activation-ended']);

/** What ends with a phone that is revoked for this reason. */
export const endsWith = (chosen: RevocationEnds, because: RevocationReason): RevocationEnds =>
  harmless.has(because) ? 'nothing' : chosen;

/**
 * Makes void what was opened with a phone, in the transaction of its revocation. The truth is in SQL and read with the
 * person, so it holds for every process from the commit on, whatever becomes of the short-lived store.
 */
export async function voidWhatItOpened(
  { outbox, clock }: { outbox: Outbox; clock: Clock },
  tx: Queryable,
  { id, person, codeCredential }: Pick<Profile, 'id' | 'person' | 'codeCredential'>,
  ends: RevocationEnds,
): Promise<void> {
  if (ends === 'nothing') return;
  const now = clock.now();
  if (ends === 'sessions-of-phone') {
    const credentials = [id, ...(codeCredential === null ? [] : [codeCredential])];
    await tx
      .insertInto('ended_credentials')
      .values(credentials.map((credential) => ({ person_id: person, credential, ended_at: now })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
  // Whoever rests on the person as they were read, an assertion being made for instance, notices.
  await tx
    .updateTable('people')
    .set({
      updated_at: now,
      record_version: sql<number>`record_version + 1`,
      ...(ends === 'all-sessions' ? { epoch: sql<number>`epoch + 1` } : {}),
    })
    .where('id', '=', person)
    .execute();
  await outbox.enqueue(tx, endVoidSessions(person));
}

/** Longer than sessions and grants can last (`session.absolute` and `oidc.refresh_token_lifetime`: 90 days at most). */
const KEPT_MS = 100 * 24 * 3_600_000;

/** Forgets ended credentials once nothing that rests on them can be left. */
export async function pruneEndedCredentials(deps: { db: Queryable; clock: Clock }): Promise<void> {
  await deps.db
    .deleteFrom('ended_credentials')
    .where('ended_at', '<=', deps.clock.now() - KEPT_MS)
    .execute();
}
