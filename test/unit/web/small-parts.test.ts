import { expect, test } from '@jest/globals';
import QRCode from 'qrcode';
import { browserName } from '../../../src/web/browser-name.js';
import { failureView } from '../../../src/web/failure-view.js';
import { qrCode } from '../../../src/web/qr-code.js';

test.each([
  ['Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox/Windows'],
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142 Safari/537.36', 'Chrome/Linux'],
  ['Mozilla/5.0 (Windows NT 10.0) Chrome/142 Safari/537.36 Edg/142', 'Edge/Windows'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19 Safari/604', 'Safari/iPhone'],
  ['curl/8', null],
])('recognises %s', (userAgent, expected) => {
  expect(browserName(userAgent, (browser, system) => `${browser}/${system}`)).toBe(expected);
});

test('a failure is shown as the vaguer one, with whole minutes to wait', () => {
  expect(failureView('person_disabled', 'R', { until: 61_000, now: 0 })).toEqual({
    reason: 'wrong_credentials',
    code: 'DB-101',
    reference: 'R',
    minutes: 2,
  });
});

test('the QR path covers exactly the dark modules', () => {
  const text = 'otpauth://totp/a?secret=JBSWY3DPEHPK3PXP';
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' });
  const { size, path } = qrCode(text);
  expect(size).toBe(modules.size + 8);
  const drawn = new Set<string>();
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let n = 0; n < Number(width); n += 1) drawn.add(`${Number(x) + n - 4} ${Number(y) - 4}`);
  }
  for (let y = 0; y < modules.size; y += 1) {
    for (let x = 0; x < modules.size; x += 1) {
      expect(drawn.has(`${x} ${y}`)).toBe(Boolean(modules.get(y, x)));
    }
  }
});
