import type { Clock } from '../kernel/clock.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';
import type { Alarms } from './alarms.js';
import { formatAnchor } from './chain.js';
import type { Logger } from './log-writer.js';
import { sealBatch, sealBatchSize } from './seal-batch.js';

export interface ChainSealer {
  start(): void;
  /** Rows of this process wait: seal soon instead of at the next look. */
  wake(): void;
  /** Seals what waits, then stops. */
  stop(): Promise<void>;
}

/** A look costs one indexed SELECT; it is for rows of other processes, such as the command line. */
const lookEveryMs = 450;
const gatherMs = 150;
const stuckAfterMs = 30_000;
const anchorEveryMs = 3_600_000;

/**
 * Chains audit rows in the background, within a second of their commit. Every process runs one; the lease lets
 * one of them work at a time. Once an hour the head goes to the log, which lives elsewhere than the database
 * and so is an anchor against a chain that was cut or rewritten.
 */
export function createChainSealer(deps: {
  database: SqlDatabase;
  clock: Clock;
  logger: Logger;
  alarms: Alarms;
  /** Unique among the processes that share the database. */
  holder: string;
}): ChainSealer {
  const { database, clock, logger, alarms, holder } = deps;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  let stopped = true;
  let failingSince: number | null = null;
  let anchoredAt = 0;

  const oldestWaiting = async (): Promise<number | undefined> => {
    const row = await database.db
      .selectFrom('audit_events')
      .select('at')
      .where('seq', 'is', null)
      .orderBy('at')
      .limit(1)
      .executeTakeFirst();
    return row?.at;
  };

  const seal = async (): Promise<void> => {
    for (;;) {
      const oldest = await oldestWaiting();
      if (oldest === undefined) return;
      const outcome = await sealBatch(database, holder, clock.now());
      if (outcome === null) {
        if (clock.now() - oldest < stuckAfterMs) return;
        throw new Error('another process holds the sealing lease and does not seal');
      }
      if (outcome.sealed > 0 && clock.now() - anchoredAt >= anchorEveryMs) {
        anchoredAt = clock.now();
        logger.info('audit.chain_head', { anchor: formatAnchor(outcome.head) });
      }
      if (outcome.sealed < sealBatchSize) return;
    }
  };

  const attempt = async (): Promise<void> => {
    try {
      await seal();
      if (failingSince !== null) await alarms.clear('audit_sealing_stuck');
      failingSince = null;
    } catch (error) {
      failingSince ??= clock.now();
      logger.warn('audit.sealing_failed', {}, error);
      const cut = (error as { code?: unknown }).code === 'audit_chain_cut';
      if (cut || clock.now() - failingSince >= stuckAfterMs) {
        await alarms.raise('audit_sealing_stuck', cut ? 'sealed rows are missing' : 'see the log');
      }
    }
  };

  const run = (): void => {
    timer = undefined;
    running = attempt().finally(() => {
      running = null;
      if (!stopped) schedule(lookEveryMs);
    });
  };

  const schedule = (delay: number): void => {
    clearTimeout(timer);
    timer = setTimeout(run, delay).unref();
  };

  let woken = false;
  return {
    start() {
      stopped = false;
      schedule(0);
    },
    wake() {
      if (stopped || running !== null || woken) return;
      woken = true;
      setTimeout(() => {
        woken = false;
        if (!stopped && running === null) {
          clearTimeout(timer);
          run();
        }
      }, gatherMs).unref();
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
      await attempt();
    },
  };
}
