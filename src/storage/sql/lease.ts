import type { Queryable } from './sql-database.js';

/**
 * Takes or renews a lease: `true` when `holder` has it until `now + ttlMs`. One atomic statement. Inside a
 * transaction the lease row stays locked until the commit, so nobody else can take it over meanwhile even when
 * the time runs out: work done in that transaction needs no further fencing.
 */
export async function takeLease(
  db: Queryable,
  lease: { name: string; holder: string; now: number; ttlMs: number },
): Promise<boolean> {
  const row = { name: lease.name, holder: lease.holder, until: lease.now + lease.ttlMs };
  const taken = await db
    .insertInto('leases')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet({ holder: row.holder, until: row.until })
        .where((where) =>
          where.or([
            where('leases.holder', '=', lease.holder),
            where('leases.until', '<=', lease.now),
          ]),
        ),
    )
    .returning('holder')
    .executeTakeFirst();
  return taken !== undefined;
}

/** Gives a lease back early; nothing happens when `holder` does not have it. */
export async function releaseLease(
  db: Queryable,
  lease: { name: string; holder: string },
): Promise<void> {
  await db
    .deleteFrom('leases')
    .where('name', '=', lease.name)
    .where('holder', '=', lease.holder)
    .execute();
}
