import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { PublicUrl } from '../../../src/config/public-url.js';
import { createCookies } from '../../../src/web/cookies.js';
import {
  createLocales,
  localeOfAcceptLanguage,
  localeOfUiLocales,
} from '../../../src/web/locale.js';

const cookies = createCookies(new PublicUrl('http://localhost:3000'));
const locales = createLocales({ cookies, fallback: 'en' });

function ask(url: string, headers: Record<string, string>, asked?: 'en' | 'sv') {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const locale = locales.of({ url, headers }, response, asked);
  return { locale, remembered: response.getHeader('Set-Cookie') };
}

describe('the language of a request', () => {
  const swedish = { 'accept-language': 'sv' };
  const cookie = { cookie: 'drawbridge-language=sv' };

  test('is what the person chose, and that is remembered', () => {
    const { locale, remembered } = ask('/x?lang=sv', { cookie: 'drawbridge-language=en' });
    expect(locale).toBe('sv');
    expect(remembered).toEqual([
      expect.stringMatching(/^drawbridge-language=sv; Max-Age=31536000/),
    ]);
  });

  test.each([
    ['the cookie before the service', '/x', cookie, 'en', 'sv'],
    ['the service before the browser', '/x', swedish, 'en', 'en'],
    ['the browser before the default', '/x', swedish, undefined, 'sv'],
    ['the default', '/x', {}, undefined, 'en'],
    ['an unknown choice is no choice', '/x?lang=../../sv', {}, undefined, 'en'],
    [
      'nor is an unknown cookie',
      '/x',
      { cookie: 'drawbridge-language=__proto__' },
      undefined,
      'en',
    ],
  ] as const)('%s', (_what, url, headers, asked, expected) => {
    const answer = ask(url, headers, asked);
    expect(answer.locale).toBe(expected);
    expect(answer.remembered).toBeUndefined();
  });
});

test.each([
  ['sv-SE', 'sv'],
  ['fr sv en', 'sv'],
  ['../../etc/passwd', null],
  ['', null],
  [undefined, null],
  ['SV', 'sv'],
])('ui_locales %s', (text, expected) => {
  expect(localeOfUiLocales(text)).toBe(expected);
});

test.each([
  ['en;q=0.5, sv-SE', 'sv'],
  ['de, sv;q=0.1, en;q=0.2', 'en'],
  ['sv;q=0, en;q=0.1', 'en'],
  ['sv;q=x', null],
  ['*', null],
  [undefined, null],
])('Accept-Language %s', (text, expected) => {
  expect(localeOfAcceptLanguage(text)).toBe(expected);
});
