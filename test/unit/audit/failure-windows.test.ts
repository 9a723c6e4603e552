import { expect, test } from '@jest/globals';
import type { AuditEvent } from '../../../src/audit/audit-event.js';
import { FailureWindows } from '../../../src/audit/failure-windows.js';
import { ManualClock } from '../../support/manual-clock.js';

const limits = { rowsPerSort: 3, rowsInAll: 10 };
const failed = (who: Partial<AuditEvent> = { clientAddress: '192.0.2.1' }): AuditEvent => ({
  kind: 'sign_in.failed',
  reason: 'wrong_credentials',
  ...who,
});

test('the first failures of a sort have rows, the others are counted together', () => {
  const windows = new FailureWindows(new ManualClock(), limits);
  const tallies = Array.from({ length: 8 }, () => windows.admit(failed()));
  expect(tallies.slice(0, 3)).toEqual([null, null, null]);
  expect(new Set(tallies.slice(3)).size).toBe(1);
  expect(tallies[7]).toMatchObject({ count: 5, event: { clientAddress: '192.0.2.1' } });
});

test('a failure of a known person is a sort of its own, wherever it comes from', () => {
  const windows = new FailureWindows(new ManualClock(), limits);
  for (let index = 0; index < 3; index += 1) {
    windows.admit(failed({ person: 'per_1', clientAddress: `192.0.2.${index}` }));
  }
  expect(windows.admit(failed({ person: 'per_1', clientAddress: '198.51.100.1' }))).not.toBeNull();
  expect(windows.admit(failed({ person: 'per_2', clientAddress: '198.51.100.1' }))).toBeNull();
});

test('however many addresses are invented, rows and tallies stay few', () => {
  const windows = new FailureWindows(new ManualClock(), limits);
  let rows = 0;
  const tallies = new Set();
  for (let index = 0; index < 5_000; index += 1) {
    const tally = windows.admit(failed({ clientAddress: `2001:db8::${index.toString(16)}` }));
    if (tally === null) rows += 1;
    else tallies.add(tally);
  }
  expect(rows).toBe(10);
  expect(tallies.size).toBe(1);
  expect(windows.take(true)).toMatchObject([
    { count: 4_990, event: { kind: 'sign_in.failed', reason: 'wrong_credentials' } },
  ]);
});

test('what was the matter with each is counted, however much is invented', () => {
  const windows = new FailureWindows(new ManualClock(), limits);
  const refused = (detail?: string): AuditEvent => ({
    kind: 'request.refused',
    reason: 'request_invalid',
    clientAddress: '192.0.2.1',
    ...(detail === undefined ? {} : { data: { detail } }),
  });
  for (let index = 0; index < 3; index += 1) windows.admit(refused('hint-audience'));
  for (const detail of ['hint-audience', 'hint-tenant', 'hint-audience', '__proto__', undefined]) {
    windows.admit(refused(detail));
  }
  const tally = windows.admit(refused('hint-tenant'));
  expect(tally?.count).toBe(6);
  expect(Object.entries(Object.fromEntries(tally?.details ?? []))).toEqual([
    ['hint-audience', 2],
    ['hint-tenant', 2],
    ['__proto__', 1],
  ]);
  for (let index = 0; index < 500; index += 1) windows.admit(refused(`invented ${index}`));
  expect(tally?.details.size).toBe(21);
  expect(tally?.details.get('other')).toBe(500 - 17);
});

test('the next minute starts anew and hands the tallies of the last one out once', () => {
  const clock = new ManualClock();
  const windows = new FailureWindows(clock, limits);
  for (let index = 0; index < 7; index += 1) windows.admit(failed());
  expect(windows.take()).toEqual([]);
  clock.advance(60_000);
  expect(windows.admit(failed())).toBeNull();
  expect(windows.take()).toMatchObject([{ count: 4 }]);
  expect(windows.take()).toEqual([]);
});

test('a clock that is set back does not extend the window', () => {
  const clock = new ManualClock();
  const windows = new FailureWindows(clock, limits);
  for (let index = 0; index < 7; index += 1) windows.admit(failed());
  clock.advance(-3_600_000);
  expect(windows.admit(failed())).toBeNull();
});
