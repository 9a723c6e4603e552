import { describe, expect, test } from '@jest/globals';
import { fragmentOf, readFragment, type Route } from '../../../src/authenticator/web/app/route.js';
import { codesFrom, codeShownAt } from '../../../src/authenticator/web/codes/shown-codes.js';
import { codeAt } from '../../../src/authenticator/web/crypto/code-at.js';
import { createEventReader } from '../../../src/authenticator/web/inbox/event-stream.js';
import { reconnectDelay } from '../../../src/authenticator/web/inbox/reconnect-delay.js';
import {
  chooseLocale,
  translateInto,
} from '../../../src/authenticator/web/locale/choose-locale.js';
import { en } from '../../../src/authenticator/web/locale/en.js';
import { sv } from '../../../src/authenticator/web/locale/sv.js';
import { nextIat, offsetFrom } from '../../../src/authenticator/web/requests/server-time.js';
import { readScanned } from '../../../src/authenticator/web/scan/read-scanned.js';
import { readDoorbell } from '../../../src/authenticator/web/service-worker/doorbell.js';

const code = 'S34WNJYCSQ7CZM6HTB9X9NEPTZCDKPPV';
const appUrl = 'https://id.example/idp/authenticator/';
const profile = 'prf_AAECAwQFBgcICQoLDA0ODw';
const challenge = 'chl_ICEiIyQlJicoKSorLC0uLw';

describe('what a camera or a person gives', () => {
  test.each([
    code,
    's34w-njyc-sq7c-zm6h-tb9x-9nep-tzcd-kppv',
    `${appUrl}#a=${code}`,
    ` ${appUrl}#a=${code}\n`,
  ])('%s is a code', (text) => {
    expect(readScanned(text, appUrl)).toEqual({ kind: 'code', code });
  });
  test('a code of another app is named', () => {
    expect(readScanned(`https://other.example/authenticator/#a=${code}`, appUrl)).toEqual({
      kind: 'elsewhere',
      host: 'other.example',
    });
  });
  test.each([
    '',
    'hello',
    'https://id.example/',
    `${appUrl}#a=short`,
    `javascript:alert(1)#a=${code}`,
    `${appUrl}#a=%E0%A4%A`,
  ])('%j is none', (text) => {
    expect(readScanned(text, appUrl)).toBeNull();
  });
});

describe('addresses', () => {
  test.each<Route>([
    { at: 'home' },
    { at: 'help' },
    { at: 'add' },
    { at: 'activate', profile },
    { at: 'code', profile },
    { at: 'settings', profile },
    { at: 'approve', profile, challenge },
  ])('$at is read as it was written', (route) => {
    expect(readFragment(fragmentOf(route))).toEqual({ kind: 'route', route });
  });
  test('links and notifications', () => {
    expect(readFragment(`#a=${code}`)).toEqual({ kind: 'activation', code });
    expect(readFragment('#a=nonsense')).toEqual({ kind: 'activation', code: null });
    expect(readFragment(`#c=${challenge}`)).toEqual({ kind: 'challenge', challenge });
  });
  test.each(['', '#', '#c=evil', '#/settings/x', '#/approve/prf_x/chl_y', '#/constructor'])(
    '%j leads to the start page',
    (fragment) => {
      expect(readFragment(fragment)).toEqual({ kind: 'route', route: { at: 'home' } });
    },
  );
});

test('a code is shown for 30 seconds, and is always the one that is valid', () => {
  const secret = Uint8Array.from({ length: 20 }, (_, index) => index);
  const start = 1_767_225_600_000 + 20_000;
  const shown = codesFrom(secret, start);
  expect(codeShownAt(shown, start)).toBe(codeAt(secret, start));
  expect(codeShownAt(shown, start + 9_999)).toBe(codeAt(secret, start + 9_999));
  expect(codeShownAt(shown, start + 10_000)).toBe(codeAt(secret, start + 10_000));
  expect(codeAt(secret, start)).not.toBe(codeAt(secret, start + 10_000));
  expect(codeShownAt(shown, start + 30_000)).toBeNull();
});

test('the offset is taken at the middle of a request, and times only grow', () => {
  expect(offsetFrom(10_000, 1_000, 1_400)).toBe(8_800);
  expect(nextIat({ offset: 100, lastIat: 0 }, 5_000)).toBe(5_100);
  expect(nextIat({ offset: 100, lastIat: 7_000 }, 5_000)).toBe(7_001);
});

test('events are read however the stream is cut', () => {
  const text =
    ': hello\n\nevent: inbox\ndata: {"a":\ndata: 1}\n\nevent: revoked\r\ndata: {}\r\n\r\n';
  for (const size of [1, 3, 1000]) {
    const read = createEventReader();
    const events = (text.match(new RegExp(`.{1,${size}}`, 'gs')) ?? []).flatMap(read);
    expect(events).toEqual([
      { event: 'inbox', data: '{"a":\n1}' },
      { event: 'revoked', data: '{}' },
    ]);
  }
});

test('phones come back each second at first, then later and later up to half a minute, not all at once', () => {
  expect([1, 8, 9, 10, 13, 50].map((failures) => reconnectDelay(failures, 0))).toEqual([
    1_000, 1_000, 2_000, 4_000, 30_000, 30_000,
  ]);
  expect(reconnectDelay(1, 1)).toBe(500);
});

describe('a push', () => {
  test('is shown with the texts of the server, and opens what it is about', () => {
    const notification = {
      title: 'T',
      body: 'B',
      lang: 'sv',
      tag: challenge,
      navigate: `${appUrl}#c=${challenge}`,
    };
    expect(readDoorbell({ web_push: 8030, notification }, 'X')).toEqual({
      title: 'T',
      body: 'B',
      lang: 'sv',
      tag: challenge,
      fragment: `#c=${challenge}`,
    });
  });
  test.each([null, 7, 'text', {}, { notification: { navigate: 'https://evil.example/#x' } }])(
    '%j is shown all the same and leads to the start page',
    (data) => {
      expect(readDoorbell(data, 'X')).toMatchObject({ title: 'X', fragment: '#/' });
    },
  );
});

describe('languages', () => {
  test('follow the browser', () => {
    expect(chooseLocale(['de-DE', 'sv-FI', 'en'])).toBe('sv');
    expect(chooseLocale(['en-GB', 'sv'])).toBe('en');
    expect(chooseLocale([])).toBe('en');
  });
  test('fill in the same values', () => {
    const values = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      expect([key, values(sv[key])]).toEqual([key, values(en[key])]);
    }
    expect(translateInto('sv')('home.request', { service: 'Lön' })).toBe('Inloggning till Lön');
  });
});
