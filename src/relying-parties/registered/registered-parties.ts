import type { Clock } from '../../kernel/clock.js';
import type { Queryable } from '../../storage/sql/sql-database.js';
import type { RelyingPartiesTable } from '../../storage/sql/tables.js';

/** The topic of the change feed that tells servers of registered relying parties. */
export const registeredPartiesTopic = 'relying-parties';

/** A relying party that is in no file: imported by an administrator, or registered by itself. */
export interface RegisteredParty {
  id: string;
  protocol: string;
  /** As a file would say it, without secrets. */
  document: Readonly<Record<string, unknown>>;
  origin: 'import' | 'registration';
  secretSealed: string | null;
  managementHash: string | null;
}

/** Adds one; `false` when the id is taken. */
export async function addRegisteredParty(
  db: Queryable,
  party: RegisteredParty,
  clock: Clock,
): Promise<boolean> {
  const now = clock.now();
  const added = await db
    .insertInto('relying_parties')
    .values({
      id: party.id,
      protocol: party.protocol,
      document: JSON.stringify(party.document),
      origin: party.origin,
      secret_sealed: party.secretSealed,
      management_hash: party.managementHash,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return added !== undefined;
}

/** Replaces what an existing one says; `false` when there is none. */
export async function changeRegisteredParty(
  db: Queryable,
  id: string,
  change: Partial<Pick<RegisteredParty, 'document' | 'secretSealed' | 'managementHash'>>,
  clock: Clock,
): Promise<boolean> {
  const changed = await db
    .updateTable('relying_parties')
    .set({
      updated_at: clock.now(),
      ...(change.document === undefined ? {} : { document: JSON.stringify(change.document) }),
      ...(change.secretSealed === undefined ? {} : { secret_sealed: change.secretSealed }),
      ...(change.managementHash === undefined ? {} : { management_hash: change.managementHash }),
    })
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  return changed !== undefined;
}

/** `false` when there was none. */
export async function removeRegisteredParty(db: Queryable, id: string): Promise<boolean> {
  const removed = await db
    .deleteFrom('relying_parties')
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  return removed !== undefined;
}

export async function registeredParties(db: Queryable): Promise<RegisteredParty[]> {
  const rows = await db.selectFrom('relying_parties').selectAll().orderBy('id').execute();
  return rows.map(partyOf);
}

function partyOf(row: RelyingPartiesTable): RegisteredParty {
  return {
    id: row.id,
    protocol: row.protocol,
    document: documentOf(row),
    origin: row.origin === 'registration' ? 'registration' : 'import',
    secretSealed: row.secret_sealed,
    managementHash: row.management_hash,
  };
}

/** What is no document is read as an empty one, which no schema accepts: a broken row concerns no other. */
function documentOf(row: RelyingPartiesTable): Record<string, unknown> {
  try {
    const document: unknown = JSON.parse(row.document);
    const usable = document !== null && typeof document === 'object' && !Array.isArray(document);
    return usable ? (document as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
