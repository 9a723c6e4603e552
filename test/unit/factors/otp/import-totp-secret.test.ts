import { expect, test } from '@jest/globals';
import {
  readTotpSecret,
  totpSecretProblem,
} from '../../../../src/factors/otp/import-totp-secret.js';

test('base32 as other systems write it', () => {
  const secret = Buffer.from('12345678901234567890');
  expect(readTotpSecret('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')).toEqual(secret);
  expect(readTotpSecret(' gezd gnbv gy3t qojq gezd gnbv gy3t qojq ====')).toEqual(secret);
  expect(readTotpSecret('JBSWY3DPEHPK3PXP')).toHaveLength(10);
  expect(totpSecretProblem('JBSWY3DPEHPK3PXP')).toBeNull();
});

test.each(['', '====', 'JBSWY3DPEHPK3PX', '1234567890123456', 'JBSWY3DP-EHPK3PXP', 'ÅÄÖ', '\0'])(
  '%j is refused and not shown in the error',
  (text) => {
    const attempt = () => readTotpSecret(text);
    expect(attempt).toThrow(expect.objectContaining({ code: 'totp_secret_invalid' }));
    expect(totpSecretProblem(text)).toMatch(/base32|bits/);
    if (text.length > 3) expect(attempt).not.toThrow(text);
  },
);
