import { expect, test } from '@jest/globals';
import { createAlarms } from '../../../src/audit/alarms.js';
import type { AuditEvent } from '../../../src/audit/audit-event.js';
import type { AuditLog, AuditReference } from '../../../src/audit/audit-log.js';
import { createMetrics } from '../../../src/audit/metrics.js';
import { observeJobs } from '../../../src/audit/observe-jobs.js';
import { recordingLogger } from '../../support/audit/recording-logger.js';

function setUp() {
  const recorded: AuditEvent[] = [];
  const mailed: string[] = [];
  const state = { auditWorks: true, mailWorks: true };
  const record = async (event: AuditEvent) => {
    if (!state.auditWorks) throw new Error('the database is away');
    recorded.push(event);
    return '00000-00000' as AuditReference;
  };
  const log = recordingLogger();
  const metrics = createMetrics({ routes: [], factors: [], jobs: ['mail'] });
  const alarms = createAlarms({
    audit: { record } as AuditLog,
    logger: log.logger,
    metrics,
    notify: async ({ name, detail }) => {
      if (!state.mailWorks) throw new Error('the database is away');
      mailed.push(`${name}: ${detail}`);
    },
  });
  return { alarms, metrics, recorded, mailed, state, ...log };
}

test('an alarm is an audit event, an error line, a gauge and a mail, once while it stands', async () => {
  const { alarms, metrics, recorded, mailed, events } = setUp();
  await Promise.all([
    alarms.raise('configuration_refused', 'relying-parties/a.yaml: id is missing'),
    alarms.raise('configuration_refused', 'again'),
  ]);
  await alarms.raise('configuration_refused', 'and again');
  expect(recorded).toEqual([
    {
      kind: 'alarm.raised',
      data: { name: 'configuration_refused', detail: 'relying-parties/a.yaml: id is missing' },
    },
  ]);
  expect(mailed).toEqual(['configuration_refused: relying-parties/a.yaml: id is missing']);
  expect(events()).toEqual(['alarm.raised']);
  expect(await metrics.render()).toContain('drawbridge_alarms{name="configuration_refused"} 1');
});

test('clearing tells it once, and the next raising is a new alarm', async () => {
  const { alarms, metrics, recorded } = setUp();
  await alarms.clear('job_failed');
  await alarms.raise('job_failed', 'x');
  await alarms.clear('job_failed');
  await alarms.clear('job_failed');
  expect(alarms.standing()).toEqual([]);
  expect(await metrics.render()).toContain('drawbridge_alarms{name="job_failed"} 0');
  await alarms.raise('job_failed', 'x');
  expect(recorded.map(({ kind }) => kind)).toEqual([
    'alarm.raised',
    'alarm.cleared',
    'alarm.raised',
  ]);
});

test('without the database the alarm still stands, and is told in full when raised again', async () => {
  const { alarms, recorded, mailed, state, events } = setUp();
  state.auditWorks = false;
  state.mailWorks = false;
  await alarms.raise('job_failed', 'x');
  expect(alarms.standing()).toEqual(['job_failed']);
  expect(events()).toEqual(['alarm.raised', 'alarm.not_told', 'alarm.not_told']);
  state.auditWorks = true;
  await alarms.raise('job_failed', 'x');
  state.mailWorks = true;
  await alarms.raise('job_failed', 'x');
  await alarms.raise('job_failed', 'x');
  expect(recorded).toHaveLength(1);
  expect(mailed).toHaveLength(1);
  expect(events().filter((event) => event === 'alarm.raised')).toHaveLength(1);
});

test('jobs that are given up and schedules that fail raise alarms', async () => {
  const { alarms, logger, metrics, events } = setUp();
  const observer = observeJobs({ logger, metrics, alarms });
  const job = { kind: 'mail', id: 'job_1', attempts: 1 };
  observer.jobFailed(job, new Error('451'));
  expect(alarms.standing()).toEqual([]);
  observer.jobGivenUp({ ...job, attempts: 10 }, new Error('451'));
  observer.scheduleFailed('prune', new Error('x'));
  expect(alarms.standing()).toEqual(['job_failed', 'schedule_failed']);
  observer.scheduleSucceeded('other');
  expect(alarms.standing()).toContain('schedule_failed');
  observer.scheduleSucceeded('prune');
  expect(alarms.standing()).toEqual(['job_failed']);
  observer.jobDone({ kind: 'logout' });
  expect(alarms.standing()).toEqual(['job_failed']);
  observer.jobDone({ kind: 'mail' });
  expect(alarms.standing()).toEqual([]);
  expect(events()).toEqual(expect.arrayContaining(['job.failed', 'job.given_up']));
  expect(await metrics.render()).toContain('drawbridge_outbox_failures_total{kind="mail"} 2');
});
