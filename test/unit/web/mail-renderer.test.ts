import { describe, expect, test } from '@jest/globals';
import { createMailRenderer } from '../../../src/web/mail-renderer.js';
import { requiredMailValues } from '../../../src/web/mail-models.js';
import type { MailName } from '../../../src/web/mail-models.js';
import { locales } from '../../../src/web/renderer.js';
import { viewsFolder } from '../../support/gallery-server.js';

const mails = createMailRenderer({
  viewsFolder,
  cache: true,
  organisation: 'Northgate',
  host: 'login.northgate.example',
  help: { text: 'Help desk', href: 'mailto:help@northgate.example' },
  timeZone: 'Europe/Stockholm',
  fallback: 'sv',
});
const at = Date.UTC(2026, 10, 12, 8, 42);
const values = {
  name: 'Anna & Co',
  username: 'anna',
  link: 'https://login.northgate.example/password/set?token=a&b=c',
  validHours: 24,
  validMinutes: 1,
  factor: 'otp',
  label: 'Pixel',
  because: 'person',
  secret: '12345678',
  service: 'Payroll',
  place: '192.0.2.7',
  at,
  detail: 'Disk <full>',
};
const names = Object.keys(requiredMailValues) as MailName[];

describe('mails', () => {
  test.each(names)('%s says something in every language, in plain text', (name) => {
    for (const locale of locales) {
      const { subject, text } = mails.compose(name, locale, values);
      expect(subject).toMatch(/^[^\n{}]+$/);
      expect(text).not.toMatch(/undefined|&amp;|\{[a-z]+\}|\n{3,}/);
      expect(text).toContain('help@northgate.example');
    }
  });

  test('shows links whole, on their own line', () => {
    expect(mails.compose('password-reset', 'en', values).text).toContain(`\n${values.link}\n`);
  });

  test('keeps a name with line ends on its line', () => {
    const { text } = mails.compose('password-changed', 'en', { name: 'A\r\nBcc: b@c\u2028x', at });
    expect(text.split('\n')[0]).toBe('Hello A Bcc: b@c x,');
    const alarm = mails.compose('alarm', 'en', { name: 'x\nBcc: b@c', detail: 'd' });
    expect(alarm.subject).toBe('Alarm: x Bcc: b@c');
  });

  test('gives the time where the organisation is', () => {
    expect(mails.compose('password-changed', 'en', { name: 'A', at }).text).toContain(
      'When: 12 Nov 2026, 09:42',
    );
  });

  test('falls back for a language we do not speak, and reads tags', () => {
    expect(mails.compose('alarm', 'fi', values).subject).toMatch(/^Larm/);
    expect(mails.compose('alarm', 'en-GB', values).subject).toMatch(/^Alarm/);
  });

  test('refuses a mail that lacks what it must say, and unknown ones', () => {
    expect(() => mails.compose('password-reset', 'en', { name: 'A' })).toThrow(
      /lacks username, link/,
    );
    expect(() => mails.compose('toString', 'en', values)).toThrow(/lacks/);
  });
});
