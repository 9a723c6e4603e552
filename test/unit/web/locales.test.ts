import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { failureReasons, shownReason } from '../../../src/audit/failure-reasons.js';
import type { FailureReason } from '../../../src/audit/failure-reasons.js';
import { demoPeople } from '../../../src/demo/demo-people.js';
import { samlDemoService } from '../../../src/demo/saml-demo-service.js';
import { requiredMailValues } from '../../../src/web/mail-models.js';
import { locales } from '../../../src/web/renderer.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const views = join(root, 'views');
const texts = Object.fromEntries(
  locales.map((locale) => [
    locale,
    JSON.parse(readFileSync(join(views, 'locales', `${locale}.json`), 'utf8')),
  ]),
) as Record<string, Record<string, string>>;
const english = texts['en']!;

const sources = [...filesBelow(views, '.eta'), ...filesBelow(join(root, 'src/web'), '.ts')];

const demoServices = ['harbour-notes', 'tidewater-planner', samlDemoService.id];

/** Keys that are put together at run time, and what they are put together from. */
const shown = [...new Set((Object.keys(failureReasons) as FailureReason[]).map(shownReason))];
const composed = new Set([
  ...shown.flatMap((reason) =>
    ['title', 'text', 'remedy'].map((part) => `failure.${reason}.${part}`),
  ),
  ...['otp', 'push', 'recovery-code'].flatMap((factor) =>
    ['name', 'use', 'about'].map((form) => `factor.${factor}.${form}`),
  ),
  'factor.password.name',
  ...['openid', 'profile', 'email', 'phone', 'address', 'groups', 'offline_access'].map(
    (scope) => `consent.scope.${scope}`,
  ),
  ...[
    'password_changed',
    'factor_added',
    'factor_removed',
    'recovery_codes_saved',
    'session_ended',
    'codes_unlocked',
    'phone_added',
    'phone_refused',
    'phone_renamed',
    'phone_removed',
  ].map((notice) => `account.notice.${notice}`),
  ...[...demoPeople.map(({ username }) => username), ...demoServices].map(
    (shown) => `home.demo.about.${shown}`,
  ),
  ...Object.keys(requiredMailValues).map((name) => `mail.${name}.subject`),
]);
const used = new Set([...composed, ...sources.flatMap(keysIn)]);

describe.each(locales)('texts in %s', (locale) => {
  const own = texts[locale]!;

  test('has exactly the keys of the other languages', () => {
    expect(Object.keys(own).sort()).toEqual(Object.keys(english).sort());
  });

  test('has every text that is used, failure reasons included, and no other', () => {
    expect([...used].filter((key) => !(key in own))).toEqual([]);
    expect(Object.keys(own).filter((key) => !used.has(key))).toEqual([]);
  });

  test('fills the same values as English, and says something', () => {
    for (const [key, text] of Object.entries(own)) {
      expect({ key, names: names(text) }).toEqual({ key, names: names(english[key] ?? '') });
      expect(text.trim()).not.toBe('');
    }
  });
});

/** `t('a.b')` is one key, `plural('a.b', n)` two; a template literal is one of the composed ones. */
function keysIn(path: string): string[] {
  const source = readFileSync(path, 'utf8');
  const plain = [...source.matchAll(/\b(?:t|text)\(\s*'([a-z][\w-]*(?:\.[\w-]+)+)'/g)].map(
    (match) => match[1]!,
  );
  const plural = [...source.matchAll(/\bplural\(\s*'([^']+)'/g)].flatMap((match) => [
    `${match[1]!}.one`,
    `${match[1]!}.other`,
  ]);
  return [...plain.filter((key) => !/\.(css|js|svg)$/.test(key)), ...plural];
}

function names(text: string): string[] {
  return [...text.matchAll(/\{([a-zA-Z]+)\}/g)].map((match) => match[1]!).sort();
}

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));
}
