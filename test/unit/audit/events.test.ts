import { expect, test } from '@jest/globals';
import { auditRow } from '../../../src/audit/audit-row.js';
import type { AuditReference } from '../../../src/audit/audit-log.js';
import { factorEnrolled } from '../../../src/audit/events/factor-events.js';
import { configurationRefused } from '../../../src/audit/events/operation-events.js';
import { passwordResetRequested } from '../../../src/audit/events/person-events.js';
import { signInFailed } from '../../../src/audit/events/sign-in-events.js';
import { codeReused } from '../../../src/audit/events/token-events.js';

const reference = '00000-00000' as AuditReference;

test('what is unknown is left out', () => {
  expect(codeReused({ relyingParty: 'payroll', person: undefined })).toEqual({
    kind: 'code.reused',
    relyingParty: 'payroll',
  });
});

test('events carry their facts', () => {
  expect(passwordResetRequested('per_1', { clientAddress: '192.0.2.1' })).toEqual({
    kind: 'password.reset_requested',
    person: 'per_1',
    clientAddress: '192.0.2.1',
  });
  expect(
    signInFailed({ person: 'per_1' }, 'wrong_code', {
      signIn: 's',
      entry: 'e',
      browser: 'Firefox, Linux',
      factor: 'otp',
    }),
  ).toEqual({
    kind: 'sign_in.failed',
    person: 'per_1',
    reason: 'wrong_code',
    data: { sign_in: 's', entry: 'e', browser: 'Firefox, Linux', factor: 'otp' },
  });
  expect(
    factorEnrolled({ person: 'per_1' }, { factor: 'otp', credential: 'otp_1', label: 'Phone' }),
  ).toEqual({
    kind: 'factor.enrolled',
    person: 'per_1',
    data: { factor: 'otp', credential: 'otp_1', label: 'Phone' },
  });
  expect(configurationRefused(Array.from({ length: 90 }, String)).data).toMatchObject({
    count: 90,
  });
});

test('a row takes whatever came from outside', () => {
  const row = auditRow(reference, 1, {
    kind: 'sign_in.failed',
    reason: 'unknown_relying_party',
    relyingParty: `evil\0\ud800${'x'.repeat(10_000)}`,
    data: { quoted: 'y'.repeat(100_000), nul: '\0' },
  });
  expect(row.relying_party).toHaveLength(300);
  expect(row.relying_party).toMatch(/^evil\ufffd\ufffdx+$/);
  expect(row.data.length).toBeLessThan(2_000);
  expect(row.data).not.toContain('\0');
  const many = auditRow(reference, 1, {
    kind: 'sign_in.failed',
    data: { list: Array.from({ length: 1_000 }, () => 'z'.repeat(500)) },
  });
  expect(many.data.length).toBeLessThan(100);
});
