import { createHash } from 'node:crypto';
import type { Clock } from '../kernel/clock.js';
import { newPrefixedId } from '../kernel/prefixed-id.js';
import type { RandomSource } from '../kernel/random.js';
import { afterCommit } from '../storage/sql/after-commit.js';
import type { Outbox } from './outbox.js';
import { sealPayload } from './sealed-payload.js';
import type { PayloadSealer } from './sealed-payload.js';

/** @param deps.onQueued runs after the job is committed, for instance to wake the runner of this process */
export function createOutbox(deps: {
  clock: Clock;
  random: RandomSource;
  sealer: PayloadSealer;
  onQueued?: () => void;
}): Outbox {
  const { clock, random, sealer, onQueued } = deps;
  return {
    async enqueue(db, { kind, payload, runAt, onceKey }) {
      const now = clock.now();
      const id = onceKey === undefined ? newPrefixedId('job', random) : idOfKey(kind, onceKey);
      await db
        .insertInto('jobs')
        .values({
          id,
          kind,
          payload: sealPayload(sealer, { id, kind }, payload),
          run_at: runAt ?? now,
          attempts: 0,
          leased_by: null,
          leased_until: null,
          done_at: null,
          failed_at: null,
          last_error: null,
          created_at: now,
        })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute();
      if (onQueued !== undefined) afterCommit(db, onQueued);
    },
  };
}

const idOfKey = (kind: string, key: string): string =>
  `job_${createHash('sha256').update(`${kind}\n${key}`).digest('base64url')}`;
