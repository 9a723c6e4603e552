import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createAlarms } from '../../src/audit/alarms.js';
import { createAuditLog } from '../../src/audit/create-audit-log.js';
import { createMetrics } from '../../src/audit/metrics.js';
import { observeJobs } from '../../src/audit/observe-jobs.js';
import { createOutbox } from '../../src/jobs/create-outbox.js';
import { createJobRunner } from '../../src/jobs/job-runner.js';
import { countPendingJobs } from '../../src/jobs/job-store.js';
import { createSealer } from '../../src/keys/aes-gcm-sealer.js';
import { systemRandom } from '../../src/kernel/random.js';
import { createAlarmMail } from '../../src/mail/alarm-mail.js';
import { createMailJob, mailJob } from '../../src/mail/mail-job.js';
import { createSmtpTransport } from '../../src/mail/smtp-transport.js';
import { migrate } from '../../src/storage/sql/migrate.js';
import type { SqlDatabase } from '../../src/storage/sql/sql-database.js';
import { recordingLogger } from '../support/audit/recording-logger.js';
import { startSmtpServer } from '../support/mail/smtp-server.js';
import { ManualClock } from '../support/manual-clock.js';
import { sqlAdapters, type FreshSql } from '../support/services/fresh-stores.js';

const canary = 'CANARY-0neT1me';
const sealer = createSealer({ current: Buffer.alloc(32, 7), previous: [] }, systemRandom);

describe.each(sqlAdapters)('mail through the outbox: $name', ({ fresh }) => {
  let place: FreshSql;
  let database: SqlDatabase;
  const ends: (() => unknown)[] = [];
  beforeEach(async () => {
    place = await fresh();
    database = await place.open();
    await migrate(database);
  });
  afterEach(async () => {
    for (const end of ends.splice(0)) await end();
    await place.remove();
  });

  const setUp = async (refuse: (to: string) => boolean) => {
    const clock = new ManualClock();
    const log = recordingLogger();
    const metrics = createMetrics({ routes: [], factors: [], jobs: ['mail'] });
    const audit = createAuditLog({
      database,
      clock,
      random: systemRandom,
      logger: log.logger,
      metrics,
    });
    const outbox = createOutbox({ clock, random: systemRandom, sealer });
    const alarms = createAlarms({
      audit,
      logger: log.logger,
      metrics,
      notify: createAlarmMail({
        outbox,
        db: database.db,
        clock,
        to: 'operators@example.org',
        locale: 'en',
      }),
    });
    const server = await startSmtpServer({ refuse });
    const transport = createSmtpTransport(`smtp://127.0.0.1:${server.port}`, clock);
    const mail = createMailJob({
      transport,
      composeMail: (template, _locale, values) => ({
        subject: template,
        text: JSON.stringify(values),
      }),
      from: 'no-reply@example.org',
      defaultLocale: 'en',
    });
    const runner = createJobRunner({
      database,
      clock,
      random: systemRandom,
      sealer,
      bodies: [mail],
      observer: observeJobs({ logger: log.logger, metrics, alarms }),
      holder: 'a',
    });
    runner.start();
    ends.push(
      () => runner.stop(),
      () => transport.close(),
      server.close,
    );
    return { clock, outbox, runner, server, alarms, audit, ...log };
  };

  test('a mail that cannot be delivered ends in an alarm mail, and its link in no output', async () => {
    const { clock, outbox, runner, server, lines } = await setUp(
      (to) => to !== 'operators@example.org',
    );
    await outbox.enqueue(database.db, {
      ...mailJob({
        to: 'gone@example.org',
        template: 'password-link',
        locale: 'sv',
        values: { link: `https://idp.example.org/password?once=${canary}` },
      }),
    });
    while (server.mails.length === 0) {
      clock.advance(900_000);
      runner.wake();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    while ((await countPendingJobs(database.db)) > 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(server.mails).toMatchObject([{ to: ['operators@example.org'] }]);
    const stored = [
      await database.db.selectFrom('jobs').selectAll().execute(),
      await database.db.selectFrom('audit_events').selectAll().execute(),
    ];
    expect(JSON.stringify(stored)).toContain('alarm.raised');
    expect(JSON.stringify(stored)).not.toContain(canary);
    expect(lines.join('\n')).toContain('job.given_up');
    expect(lines.join('\n')).not.toContain(canary);
  });

  test('an alarm that comes and goes is mailed once an hour', async () => {
    const { clock, alarms, server } = await setUp(() => false);
    for (let round = 0; round < 5; round += 1) {
      await alarms.raise('configuration_refused', `round ${round}`);
      await alarms.clear('configuration_refused');
    }
    while ((await countPendingJobs(database.db)) > 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(server.mails).toHaveLength(1);
    clock.advance(3_600_000);
    await alarms.raise('configuration_refused', 'later');
    expect(await countPendingJobs(database.db)).toBe(1);
  });
});
