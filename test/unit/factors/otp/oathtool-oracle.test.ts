import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { codeAt, stepAt, toBase32 } from '../../../../src/factors/otp/oath.js';
import { systemRandom } from '../../../../src/kernel/random.js';
import { findBinary } from '../../../support/services/child-server.js';

const oathtool = findBinary('oathtool');

test('an independent program computes the same codes', () => {
  if (oathtool === undefined) {
    if (process.env['CI'] === 'true') throw new Error('CI must test everything, but no oathtool');
    process.stdout.write('\nNot tested: oathtool is not installed, codes are not compared.\n');
    return;
  }
  for (let round = 0; round < 20; round += 1) {
    const secret = systemRandom.bytes(10 + round);
    const seconds = 1_700_000_000 + systemRandom.bytes(4).readUInt32BE() / 4;
    const whole = Math.floor(seconds);
    for (const digits of [6, 8]) {
      const args = ['--totp', '--base32', `--digits=${digits}`, `--now=@${whole}`];
      const told = execFileSync(oathtool, [...args, toBase32(secret)], { encoding: 'utf8' }).trim();
      const step = stepAt(whole * 1000, 30);
      expect(codeAt(secret, step, { algorithm: 'SHA1', digits })).toBe(told);
    }
  }
});
