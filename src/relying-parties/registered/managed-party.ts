import type { Queryable } from '../../storage/sql/sql-database.js';

/** A relying party that registered itself, as whoever manages it needs it. */
export interface ManagedParty {
  id: string;
  document: Readonly<Record<string, unknown>>;
  secretSealed: string | null;
  /** Milliseconds since the epoch. */
  createdAt: number;
}

/** The one of that id, if the hash is that of its management token; one round trip. */
export async function managedParty(
  db: Queryable,
  id: string,
  managementHash: string,
): Promise<ManagedParty | null> {
  const row = await db
    .selectFrom('relying_parties')
    .where('id', '=', id)
    .where('origin', '=', 'registration')
    .where('management_hash', '=', managementHash)
    .select(['document', 'secret_sealed', 'created_at'])
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    id,
    document: JSON.parse(row.document) as Record<string, unknown>,
    secretSealed: row.secret_sealed,
    createdAt: row.created_at,
  };
}
