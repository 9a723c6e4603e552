import { sql } from 'kysely';
import type { Queryable, SqlDatabase } from '../storage/sql/sql-database.js';
import type { JobsTable } from '../storage/sql/tables.js';

export type LeasedJob = Pick<JobsTable, 'id' | 'kind' | 'payload' | 'attempts'>;

/** Cheap: one indexed SELECT, no lock. */
export async function dueJobExists(db: Queryable, now: number): Promise<boolean> {
  const due = await db
    .selectFrom('jobs')
    .select('id')
    .where('done_at', 'is', null)
    .where('failed_at', 'is', null)
    .where('run_at', '<=', now)
    .where((where) =>
      where.or([where('leased_until', 'is', null), where('leased_until', '<=', now)]),
    )
    .limit(1)
    .executeTakeFirst();
  return due !== undefined;
}

/**
 * Leases due jobs of the given kinds to `holder` and counts the attempt, in one atomic statement: of parallel
 * runners each gets other jobs. A lease that ran out is due again.
 * @param lease.inHand jobs that this holder is still at, whatever became of their leases
 */
export async function leaseJobs(
  database: SqlDatabase,
  lease: {
    holder: string;
    now: number;
    until: number;
    kinds: readonly string[];
    inHand: readonly string[];
    limit: number;
  },
): Promise<LeasedJob[]> {
  const { holder, now, until, kinds, inHand, limit } = lease;
  if (kinds.length === 0) return [];
  const due = database.db
    .selectFrom('jobs')
    .select('id')
    .where('done_at', 'is', null)
    .where('failed_at', 'is', null)
    .where('run_at', '<=', now)
    .where('kind', 'in', kinds)
    .where((where) =>
      where.or([where('leased_until', 'is', null), where('leased_until', '<=', now)]),
    )
    .orderBy('run_at')
    .limit(limit)
    .$if(inHand.length > 0, (query) => query.where('id', 'not in', inHand))
    .$if(database.dialect === 'postgres', (query) => query.forUpdate().skipLocked());
  return database.db
    .updateTable('jobs')
    .set({ leased_by: holder, leased_until: until, attempts: sql`attempts + 1` })
    .where('id', 'in', due)
    .returning(['id', 'kind', 'payload', 'attempts'])
    .execute();
}

/** `false` when the lease was lost meanwhile and somebody else has the job. */
export async function renewJob(
  db: Queryable,
  job: { id: string; holder: string; until: number },
): Promise<boolean> {
  return touched(held(db, job).set({ leased_until: job.until }));
}

/** The payload goes: what was in it is of no use any more. */
export async function finishJob(
  db: Queryable,
  job: { id: string; holder: string; now: number },
): Promise<boolean> {
  return touched(
    held(db, job).set({ ...unleased, done_at: job.now, payload: '', last_error: null }),
  );
}

export async function postponeJob(
  db: Queryable,
  job: { id: string; holder: string; runAt: number; error: string },
): Promise<boolean> {
  return touched(held(db, job).set({ ...unleased, run_at: job.runAt, last_error: job.error }));
}

export async function giveJobUp(
  db: Queryable,
  job: { id: string; holder: string; now: number; error: string },
): Promise<boolean> {
  return touched(held(db, job).set({ ...unleased, failed_at: job.now, last_error: job.error }));
}

/** Deletes rows that ended before `before`. Returns how many. */
export async function pruneJobs(db: Queryable, before: number): Promise<number> {
  const result = await db
    .deleteFrom('jobs')
    .where((where) => where.or([where('done_at', '<', before), where('failed_at', '<', before)]))
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

/** Jobs that are neither done nor given up. */
export async function countPendingJobs(db: Queryable): Promise<number> {
  const { pending } = await db
    .selectFrom('jobs')
    .select((select) => select.fn.countAll<number | string>().as('pending'))
    .where('done_at', 'is', null)
    .where('failed_at', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(pending);
}

const unleased = { leased_by: null, leased_until: null };

const held = (db: Queryable, job: { id: string; holder: string }) =>
  db.updateTable('jobs').where('id', '=', job.id).where('leased_by', '=', job.holder);

async function touched(update: {
  executeTakeFirst(): Promise<{ numUpdatedRows: bigint } | undefined>;
}): Promise<boolean> {
  return (await update.executeTakeFirst())?.numUpdatedRows === 1n;
}
