import type { Queryable } from './sql-database.js';

/**
 * Marks a one-time thing as used; of all callers, on all nodes, exactly one ever gets `true`. Durable, so that it
 * holds through a Redis failover.
 * @param namespace what kind of thing it is (`saml-request`, `upstream-assertion`), so that ids never meet
 * @param idHash its id, hashed by the caller: what is stored must not be usable
 * @param expiresAt when the thing itself stops being valid (ms); the mark is kept until then
 */
export async function consumeOnce(
  db: Queryable,
  namespace: string,
  idHash: string,
  expiresAt: number,
): Promise<boolean> {
  const inserted = await db
    .insertInto('consumed')
    .values({ namespace, id_hash: idHash, expires_at: expiresAt })
    .onConflict((conflict) => conflict.columns(['namespace', 'id_hash']).doNothing())
    .returning('id_hash')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** Kept beyond their end, for a node whose clock is behind. */
const KEPT_AFTER_EXPIRY_MS = 10 * 60_000;

/** Forgets marks of things that have long expired. Returns how many. */
export async function pruneConsumed(db: Queryable, now: number): Promise<number> {
  const result = await db
    .deleteFrom('consumed')
    .where('expires_at', '<', now - KEPT_AFTER_EXPIRY_MS)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
