import { expect, test } from '@jest/globals';
import { otpSecretProblems } from '../../../../src/factors/otp/import-otp-secrets.js';
import { readBase32Secret } from '../../../../src/factors/otp/take-over-secret.js';

test('base32 as other systems write it', () => {
  const secret = Buffer.from('12345678901234567890');
  expect(readBase32Secret('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')).toEqual(secret);
  expect(readBase32Secret(' gezd gnbv gy3t qojq gezd gnbv gy3t qojq ====')).toEqual(secret);
  expect(readBase32Secret('JBSWY3DPEHPK3PXP')).toHaveLength(10);
  expect(otpSecretProblems({ totpSecret: 'JBSWY3DPEHPK3PXP' })).toEqual([]);
});

test.each(['', '====', 'JBSWY3DPEHPK3PX', '1234567890123456', 'JBSWY3DP-EHPK3PXP', 'ÅÄÖ', '\0'])(
  '%j is refused and not shown in the error',
  (text) => {
    const attempt = () => readBase32Secret(text);
    expect(attempt).toThrow(expect.objectContaining({ code: 'otp_secret_invalid' }));
    expect(otpSecretProblems({ totpSecret: text })).toEqual([
      expect.stringMatching(/^totp_secret: .*(base32|bits)/),
    ]);
    if (text.length > 3) expect(attempt).not.toThrow(text);
  },
);

const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

test.each([
  { hotpSecret: secret },
  { hotpSecret: secret, hotpCounter: '0' },
  { hotpSecret: secret, hotpCounter: ' 4711 ' },
  { otpUri: `otpauth://totp/Acme:anna?secret=${secret}&issuer=Acme` },
  { otpUri: `otpauth://totp/anna?secret=${secret}&algorithm=SHA512&digits=8&period=60` },
  { otpUri: `otpauth://hotp/anna?secret=${secret}&counter=12` },
])('%j is taken', (fields) => {
  expect(otpSecretProblems(fields)).toEqual([]);
});

test.each([
  [{ hotpCounter: '3' }, 'hotp_secret'],
  [{ hotpSecret: secret, hotpCounter: '-1' }, 'hotp_secret'],
  [{ hotpSecret: secret, hotpCounter: '1e3' }, 'hotp_secret'],
  [{ hotpSecret: secret, hotpCounter: '9'.repeat(13) }, 'hotp_secret'],
  [{ hotpSecret: 'GEZDGNBV' }, 'hotp_secret'],
  [{ otpUri: secret }, 'otp_uri'],
  [{ otpUri: 'https://example.org/' }, 'otp_uri'],
  [{ otpUri: 'otpauth://totp/anna' }, 'otp_uri'],
  [{ otpUri: `otpauth://motp/anna?secret=${secret}` }, 'otp_uri'],
  [{ otpUri: `otpauth://hotp/anna?secret=${secret}` }, 'otp_uri'],
  [{ otpUri: `otpauth://hotp/anna?secret=${secret}&counter=-1` }, 'otp_uri'],
  [{ otpUri: `otpauth://totp/anna?secret=${secret}&algorithm=MD5` }, 'otp_uri'],
  [{ otpUri: `otpauth://totp/anna?secret=${secret}&digits=4` }, 'otp_uri'],
  [{ otpUri: `otpauth://totp/anna?secret=${secret}&period=1` }, 'otp_uri'],
  [{ otpUri: `otpauth://totp/anna?secret=GEZDGNBV` }, 'otp_uri'],
])('%j is refused, and no value is shown', (fields, named) => {
  const problems = otpSecretProblems(fields);
  expect(problems).toEqual([expect.stringMatching(new RegExp(`^${named}: the one-time code`))]);
  expect(problems.join()).not.toContain('GEZD');
});
