import type { AlarmName } from './alarm-names.js';
import type { AuditLog } from './audit-log.js';
import type { Logger } from './log-writer.js';
import type { Metrics } from './metrics.js';

/** Something an operator must look at: an audit event, an error line, a gauge and a mail. Never throws. */
export interface Alarms {
  /**
   * Raising an alarm that stands already changes nothing.
   * @param detail for operators; exact, without secrets
   */
  raise(name: AlarmName, detail: string): Promise<void>;
  clear(name: AlarmName): Promise<void>;
  standing(): readonly AlarmName[];
}

/**
 * What stands is remembered in this process; other processes raise for themselves, and the mail is sent once for
 * all (see `notify`).
 */
export function createAlarms(deps: {
  audit: AuditLog;
  logger: Logger;
  metrics: Pick<Metrics, 'alarm'>;
  /** Queues the mail to the operator. `null` without an address. */
  notify: ((alarm: { name: AlarmName; detail: string }) => Promise<void>) | null;
}): Alarms {
  const { audit, logger, metrics, notify } = deps;
  /** What stands, and who knows it yet: with the database gone, audit and mail follow at the next raising. */
  const standing = new Map<AlarmName, { telling: boolean; audited: boolean; mailed: boolean }>();

  const quietly = async (what: string, work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      logger.error('alarm.not_told', { what }, error);
      return false;
    }
  };

  return {
    async raise(name, detail) {
      let alarm = standing.get(name);
      if (alarm === undefined) {
        alarm = { telling: false, audited: false, mailed: notify === null };
        standing.set(name, alarm);
        metrics.alarm(name, true);
        logger.error('alarm.raised', { name, detail });
      }
      if (alarm.telling) return;
      alarm.telling = true;
      alarm.audited ||= await quietly('audit', () =>
        audit.record({ kind: 'alarm.raised', data: { name, detail } }),
      );
      alarm.mailed ||= await quietly('mail', async () => notify?.({ name, detail }));
      alarm.telling = false;
    },

    async clear(name) {
      if (!standing.delete(name)) return;
      metrics.alarm(name, false);
      logger.info('alarm.cleared', { name });
      await quietly('audit', () => audit.record({ kind: 'alarm.cleared', data: { name } }));
    },

    standing: () => [...standing.keys()],
  };
}
