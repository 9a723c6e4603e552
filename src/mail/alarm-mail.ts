import type { Clock } from '../kernel/clock.js';
import type { Queryable } from '../storage/sql/sql-database.js';
import { mailJob } from './mail-job.js';
import type { MailValues } from './mail-job.js';

const onceEveryMs = 3_600_000;

/**
 * Queues the mail of an alarm, at most one an hour for each name over all processes. Template `alarm`, values
 * `name` and `detail`.
 */
export function createAlarmMail(deps: {
  outbox: {
    enqueue(
      db: Queryable,
      job: { kind: string; payload: MailValues; onceKey: string },
    ): Promise<void>;
  };
  db: Queryable;
  clock: Clock;
  /** `admin_mail` of the configuration. */
  to: string;
  locale: string | null;
}): (alarm: { name: string; detail: string }) => Promise<void> {
  const { outbox, db, clock, to, locale } = deps;
  return ({ name, detail }) =>
    outbox.enqueue(db, {
      ...mailJob({ to, template: 'alarm', locale, values: { name, detail } }),
      onceKey: `alarm:${name}:${Math.floor(clock.now() / onceEveryMs)}`,
    });
}
