import type { Clock } from '../kernel/clock.js';
import type { RandomSource } from '../kernel/random.js';
import { afterCommit } from '../storage/sql/after-commit.js';
import type { Queryable, SqlDatabase } from '../storage/sql/sql-database.js';
import type { AuditEvent } from './audit-event.js';
import type { AuditLog, AuditReference } from './audit-log.js';
import { auditRow } from './audit-row.js';
import { changeWithRow } from './change-with-row.js';
import { FailureWindows } from './failure-windows.js';
import type { FailureLimits, FailureTally } from './failure-windows.js';
import type { Logger } from './log-writer.js';
import type { Metrics } from './metrics.js';
import { newReference } from './reference.js';

export interface AuditLogDeps {
  database: SqlDatabase;
  clock: Clock;
  random: RandomSource;
  logger: Logger;
  metrics: Pick<Metrics, 'auditEvents' | 'signIns' | 'failures'>;
  /** Runs after each committed row, for instance to wake the sealer. */
  onWritten?: () => void;
  failureLimits?: FailureLimits;
}

export interface ClosableAuditLog extends AuditLog {
  /** Writes the closing row of every tally whose minute is over. Runs by itself once a minute is over. */
  writeTallies(): Promise<void>;
  /** Writes the closing rows of all tallies. Call before the database closes. */
  close(): Promise<void>;
}

/** Fails closed: when the row cannot be written, every method throws and the action must not go on. */
export function createAuditLog(deps: AuditLogDeps): ClosableAuditLog {
  const { database, clock, random, logger, metrics } = deps;
  const windows = new FailureWindows(
    clock,
    deps.failureLimits ?? { rowsPerSort: 30, rowsInAll: 600 },
  );
  let timer: NodeJS.Timeout | undefined;

  const count = (event: AuditEvent): void => {
    metrics.auditEvents.add({ kind: event.kind });
    if (event.reason !== undefined) metrics.failures.add({ reason: event.reason });
    if (event.kind === 'sign_in.completed') metrics.signIns.add({ result: 'completed' });
    if (event.kind === 'sign_in.failed') metrics.signIns.add({ result: 'failed' });
  };

  const tell = (reference: AuditReference, event: AuditEvent): void => {
    logger.info(event.kind, {
      reference,
      person: event.person,
      relying_party: event.relyingParty,
      reason: event.reason,
      client_address: event.clientAddress,
    });
    deps.onWritten?.();
  };

  const write = async (db: Queryable, event: AuditEvent): Promise<AuditReference> => {
    const reference = newReference(random);
    await db
      .insertInto('audit_events')
      .values(auditRow(reference, clock.now(), event))
      .execute();
    afterCommit(db, () => tell(reference, event));
    return reference;
  };

  const openTally = async (tally: FailureTally): Promise<AuditReference> => {
    try {
      return await write(database.db, {
        ...tally.event,
        kind: 'audit.aggregated',
        data: { of: tally.event.kind, from: tally.from, until: tally.until },
      });
    } catch (error) {
      tally.opened = null;
      throw error;
    }
  };

  const closeTallies = async (tallies: FailureTally[]): Promise<void> => {
    for (const tally of tallies) {
      const opened = await tally.opened?.catch(() => undefined);
      if (opened === undefined) continue;
      const { event, count: failures, from, until } = tally;
      const details = Object.fromEntries(tally.details);
      await write(database.db, {
        ...event,
        kind: 'audit.aggregated',
        data: {
          ...{ of: event.kind, from, until, count: failures },
          ...(tally.details.size === 0 ? {} : { details }),
          opened,
        },
      }).catch((error: unknown) =>
        logger.error('audit.tally_lost', { opened, count: failures }, error),
      );
    }
  };

  const scheduleTallies = (until: number): void => {
    timer ??= setTimeout(
      () => {
        timer = undefined;
        void closeTallies(windows.take());
      },
      Math.max(0, until - clock.now()) + 50,
    ).unref();
  };

  return {
    async record(event) {
      const tally = event.reason === undefined ? null : windows.admit(event);
      if (tally === null) {
        const reference = await write(database.db, event);
        count(event);
        return reference;
      }
      tally.opened ??= openTally(tally);
      scheduleTallies(tally.until);
      const reference = await tally.opened;
      count(event);
      return reference;
    },

    async recordIn(tx, event) {
      const reference = await write(tx, event);
      afterCommit(tx, () => count(event));
      return reference;
    },

    async recordWithChange(change, event) {
      const reference = newReference(random);
      const changed = await changeWithRow(
        database,
        change,
        auditRow(reference, clock.now(), event),
      );
      if (changed === null) return null;
      tell(reference, event);
      count(event);
      return changed;
    },

    writeTallies: () => closeTallies(windows.take()),

    async close() {
      clearTimeout(timer);
      await closeTallies(windows.take(true));
    },
  };
}
