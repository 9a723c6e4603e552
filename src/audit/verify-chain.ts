import type { Queryable } from '../storage/sql/sql-database.js';
import type { ChainHead } from './chain.js';
import { chainHash, chainStart, readAnchor } from './chain.js';
import { notedHead } from './seal-batch.js';

export type ChainVerdict = {
  /** Where the intact part of the chain ends; operators keep it as the next anchor. */
  head: ChainHead;
  /** Committed rows that the sealer has not reached yet; they are not protected. */
  unsealed: { rows: number; oldestAt: number | null };
} & (
  | { ok: true }
  | {
      ok: false;
      firstBadSeq: number;
      /** `missing`: a number is not there; `altered`: a row or its place changed; `cut`: the end is gone. */
      problem: 'missing' | 'altered' | 'cut';
    }
);

const pageSize = 1_000;

/**
 * Walks the whole chain. Finds the first row that was edited, dropped, moved or cut off; what was cut off and
 * sealed anew by somebody who can also write the noted head shows only against an anchor from outside.
 * @param anchor a head that an earlier run or the log printed
 */
export async function verifyAuditChain(
  db: Queryable,
  anchor: ChainHead | null = null,
): Promise<ChainVerdict> {
  const noted = await notedHead(db);
  const anchors = [anchor, noted === null ? null : readAnchor(noted)].filter(
    (known) => known !== null,
  );
  let head = chainStart;
  const bad = async (
    firstBadSeq: number,
    problem: 'missing' | 'altered' | 'cut',
  ): Promise<ChainVerdict> => ({
    ok: false,
    firstBadSeq,
    problem,
    head,
    unsealed: await unsealedTail(db),
  });

  for (let last = Number.MIN_SAFE_INTEGER; ; last = head.seq) {
    const rows = await db
      .selectFrom('audit_events')
      .selectAll()
      .where('seq', '>', last)
      .orderBy('seq')
      .limit(pageSize)
      .execute();
    for (const row of rows) {
      const expected = head.seq + 1;
      if (row.seq !== expected) return bad(expected, 'missing');
      const hash = chainHash(row, expected, head.hash);
      if (row.previous_hash !== head.hash || row.hash !== hash) return bad(expected, 'altered');
      if (anchors.some((known) => known.seq === expected && known.hash !== hash)) {
        return bad(expected, 'altered');
      }
      head = { seq: expected, hash };
    }
    if (rows.length < pageSize) break;
  }
  if (anchors.some((known) => known.seq > head.seq)) return bad(head.seq + 1, 'cut');
  return { ok: true, head, unsealed: await unsealedTail(db) };
}

async function unsealedTail(db: Queryable): Promise<{ rows: number; oldestAt: number | null }> {
  const tail = await db
    .selectFrom('audit_events')
    .select((select) => [
      select.fn.countAll<number | string>().as('rows'),
      select.fn.min('at').as('oldest'),
    ])
    .where('seq', 'is', null)
    .executeTakeFirstOrThrow();
  return { rows: Number(tail.rows), oldestAt: tail.oldest === null ? null : Number(tail.oldest) };
}
