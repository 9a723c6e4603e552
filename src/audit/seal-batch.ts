import { sql } from 'kysely';
import { DrawbridgeError } from '../kernel/errors.js';
import { takeLease } from '../storage/sql/lease.js';
import type { Queryable, SqlDatabase } from '../storage/sql/sql-database.js';
import type { ChainHead } from './chain.js';
import { chainHash, chainStart } from './chain.js';

export const sealBatchSize = 500;

/** Long enough to outlive one batch, short enough that another process takes over within a second. */
const leaseMs = 500;

/** The lease row `audit-head` keeps `<seq>:<hash>` of the newest sealed row, so that cutting off rows shows. */
const headName = 'audit-head';

/**
 * Chains the oldest unsealed rows, at most `sealBatchSize`. The lease row is locked for the whole transaction,
 * so that two processes never number rows at once.
 * @returns how many were sealed and where the chain now ends; `null` when another process holds the lease
 * @throws DrawbridgeError `audit_chain_cut` when sealed rows are gone: sealing on would hide it
 */
export async function sealBatch(
  database: SqlDatabase,
  holder: string,
  now: number,
): Promise<{ sealed: number; head: ChainHead } | null> {
  return database.transaction(async (tx) => {
    if (!(await takeLease(tx, { name: 'audit-sealer', holder, now, ttlMs: leaseMs }))) return null;
    const start = await sealedHead(tx);
    const noted = await notedHead(tx);
    if (noted !== null && noted !== `${start.seq}:${start.hash}`) {
      throw new DrawbridgeError(
        'audit_chain_cut',
        `the audit chain ended at ${noted.split(':')[0]} and now ends at ${start.seq}`,
      );
    }
    const rows = await tx
      .selectFrom('audit_events')
      .selectAll()
      .where('seq', 'is', null)
      .orderBy('at')
      .orderBy('reference')
      .limit(sealBatchSize)
      .execute();
    if (rows.length === 0) return { sealed: 0, head: start };
    let head = start;
    const places = rows.map((row) => {
      const previous = head.hash;
      const seq = head.seq + 1;
      head = { seq, hash: chainHash(row, seq, previous) };
      return sql`(${row.reference}, ${seq}, ${previous}, ${head.hash})`;
    });
    await sql`update audit_events
      set seq = cast(place.column2 as bigint), previous_hash = place.column3, hash = place.column4
      from (values ${sql.join(places)}) as place
      where audit_events.reference = place.column1`.execute(tx);
    await noteHead(tx, head);
    return { sealed: rows.length, head };
  });
}

/** Where the rows say the chain ends. */
export async function sealedHead(db: Queryable): Promise<ChainHead> {
  const row = await db
    .selectFrom('audit_events')
    .select(['seq', 'hash'])
    .where('seq', 'is not', null)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? chainStart : { seq: row.seq!, hash: row.hash! };
}

/** Where the sealer noted the chain to end; `null` before the first batch. */
export async function notedHead(db: Queryable): Promise<string | null> {
  const row = await db
    .selectFrom('leases')
    .select('holder')
    .where('name', '=', headName)
    .executeTakeFirst();
  return row?.holder ?? null;
}

async function noteHead(tx: Queryable, head: ChainHead): Promise<void> {
  const row = { name: headName, holder: `${head.seq}:${head.hash}`, until: 0 };
  await tx
    .insertInto('leases')
    .values(row)
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ holder: row.holder }))
    .execute();
}

/** Rows the chain does not hold yet, for a gauge. */
export async function countUnsealedEvents(db: Queryable): Promise<number> {
  const { count } = await db
    .selectFrom('audit_events')
    .where('seq', 'is', null)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}
