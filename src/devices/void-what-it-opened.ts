import { sql } from 'kysely';
import type { PersonId } from '../directory/person.js';
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
  { person, device }: Pick<Profile, 'person' | 'device'>,
  ends: RevocationEnds,
): Promise<void> {
  if (ends === 'nothing') return;
  const now = clock.now();
  if (ends === 'sessions-of-phone') {
    await endCredentials(tx, person, await revokedOn(tx, person, device), now);
  }
  await touchPerson(tx, person, { now, everything: ends === 'all-sessions' });
  await outbox.enqueue(tx, endVoidSessions(person));
}

/**
 * Makes void what was opened with the codes of a phone that gives them up: once they are gone from its profile, nobody
 * could tell at its revocation that they were its own. Whatever ends with phones as such is left to that.
 */
export async function voidWhatCodesOpened(
  { outbox, clock }: { outbox: Outbox; clock: Clock },
  tx: Queryable,
  { person, codeCredential }: { person: PersonId; codeCredential: string },
  ends: RevocationEnds,
): Promise<void> {
  if (ends !== 'sessions-of-phone') return;
  const now = clock.now();
  await endCredentials(tx, person, [codeCredential], now);
  await touchPerson(tx, person, { now, everything: false });
  await outbox.enqueue(tx, endVoidSessions(person));
}

/**
 * The credentials of everything on the phone that is revoked by now, what its owner had activated anew included: whoever
 * has the phone may still hold what was opened with it before.
 */
async function revokedOn(
  tx: Queryable,
  person: PersonId,
  device: Profile['device'],
): Promise<readonly string[]> {
  const rows = await tx
    .selectFrom('profiles')
    .select(['id', 'code_credential'])
    .where('person_id', '=', person)
    .where('device_id', '=', device)
    .where('revoked_at', 'is not', null)
    .execute();
  return rows.flatMap(({ id, code_credential: codes }) => (codes === null ? [id] : [id, codes]));
}

async function endCredentials(
  tx: Queryable,
  person: PersonId,
  credentials: readonly string[],
  now: number,
): Promise<void> {
  await tx
    .insertInto('ended_credentials')
    .values(credentials.map((credential) => ({ person_id: person, credential, ended_at: now })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Whoever rests on the person as they were read, an assertion being made for instance, notices. */
async function touchPerson(
  tx: Queryable,
  person: PersonId,
  { now, everything }: { now: number; everything: boolean },
): Promise<void> {
  await tx
    .updateTable('people')
    .set({
      updated_at: now,
      record_version: sql<number>`record_version + 1`,
      ...(everything ? { epoch: sql<number>`epoch + 1` } : {}),
    })
    .where('id', '=', person)
    .execute();
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
