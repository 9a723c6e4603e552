import type { Queryable, SqlDatabase } from '../storage/sql/sql-database.js';
import type { Sealer } from './sealer.js';
import { sealingContext } from './sealing-context.js';

/** How one table's sealed column is read and rewritten. */
interface SealedColumn {
  name: string;
  read(db: Queryable): Promise<{ id: string; sealed: string }[]>;
  context(id: string): string;
  /** Replaces the value if it is still the old one. */
  write(db: Queryable, row: { id: string; sealed: string }, resealed: string): Promise<unknown>;
}

const isSealed = (row: {
  id: string;
  sealed: string | null;
}): row is { id: string; sealed: string } => row.sealed !== null;

const sealedColumns: readonly SealedColumn[] = [
  {
    name: 'otp_credentials.secret_sealed',
    read: (db) =>
      db.selectFrom('otp_credentials').select(['id', 'secret_sealed as sealed']).execute(),
    context: sealingContext.otpSecret,
    write: (db, row, resealed) =>
      db
        .updateTable('otp_credentials')
        .set({ secret_sealed: resealed })
        .where('id', '=', row.id)
        .where('secret_sealed', '=', row.sealed)
        .execute(),
  },
  {
    name: 'profiles.oprf_key_sealed',
    read: async (db) =>
      (
        await db.selectFrom('profiles').select(['id', 'oprf_key_sealed as sealed']).execute()
      ).filter(isSealed),
    context: sealingContext.oprfKey,
    write: (db, row, resealed) =>
      db
        .updateTable('profiles')
        .set({ oprf_key_sealed: resealed })
        .where('id', '=', row.id)
        .where('oprf_key_sealed', '=', row.sealed)
        .execute(),
  },
  {
    name: 'profiles.push_sealed',
    read: async (db) =>
      (await db.selectFrom('profiles').select(['id', 'push_sealed as sealed']).execute()).filter(
        isSealed,
      ),
    context: sealingContext.pushSubscription,
    write: (db, row, resealed) =>
      db
        .updateTable('profiles')
        .set({ push_sealed: resealed })
        .where('id', '=', row.id)
        .where('push_sealed', '=', row.sealed)
        .execute(),
  },
  {
    name: 'signing_keys.private_jwk_sealed',
    read: (db) =>
      db.selectFrom('signing_keys').select(['kid as id', 'private_jwk_sealed as sealed']).execute(),
    context: sealingContext.signingKey,
    write: (db, row, resealed) =>
      db
        .updateTable('signing_keys')
        .set({ private_jwk_sealed: resealed })
        .where('kid', '=', row.id)
        .where('private_jwk_sealed', '=', row.sealed)
        .execute(),
  },
  {
    name: 'secrets.sealed',
    read: (db) => db.selectFrom('secrets').select(['name as id', 'sealed']).execute(),
    context: sealingContext.secret,
    write: (db, row, resealed) =>
      db
        .updateTable('secrets')
        .set({ sealed: resealed })
        .where('name', '=', row.id)
        .where('sealed', '=', row.sealed)
        .execute(),
  },
  {
    name: 'relying_parties.secret_sealed',
    read: (db) =>
      db
        .selectFrom('relying_parties')
        .select(['id', 'secret_sealed as sealed'])
        .where('secret_sealed', 'is not', null)
        .$narrowType<{ sealed: string }>()
        .execute(),
    context: sealingContext.relyingParty,
    write: (db, row, resealed) =>
      db
        .updateTable('relying_parties')
        .set({ secret_sealed: resealed })
        .where('id', '=', row.id)
        .where('secret_sealed', '=', row.sealed)
        .execute(),
  },
];

/**
 * Puts every durable sealed value under the current key, so that a replaced key can be taken out of the
 * configuration. Can be stopped and run again, also while servers run. Queued jobs are not touched: they are sealed
 * too, but gone within days. Returns how many values were resealed, by column.
 * @throws DrawbridgeError `sealed_value_invalid` when a value opens under no configured key
 */
export async function resealAll(
  database: SqlDatabase,
  sealer: Sealer,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const column of sealedColumns) {
    const rows = await column.read(database.db);
    const old = rows.filter((row) => sealer.needsResealing(row.sealed));
    for (const row of old) {
      const context = column.context(row.id);
      await column.write(database.db, row, sealer.seal(sealer.open(row.sealed, context), context));
    }
    counts[column.name] = old.length;
  }
  return counts;
}
