import { ServerResponse, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { PublicUrl } from '../../../src/config/public-url.js';
import { systemRandom } from '../../../src/kernel/random.js';
import { createBrowserSecrets } from '../../../src/web/browser-secret.js';
import { createCookies } from '../../../src/web/cookies.js';

const response = () => new ServerResponse(new IncomingMessage(new Socket()));
const request = (cookie?: string) => ({ headers: cookie === undefined ? {} : { cookie } });
const secure = createCookies(new PublicUrl('https://login.example/idp'));
const loopback = createCookies(new PublicUrl('http://localhost:3000/idp'));

describe('cookies', () => {
  test('on https: host prefix, Secure, whole host', () => {
    const answer = response();
    secure.set(answer, 'session', 'abc');
    expect(answer.getHeader('Set-Cookie')).toEqual([
      '__Host-drawbridge-session=abc; Path=/; HttpOnly; SameSite=Lax; Secure',
    ]);
  });

  test('on loopback http: neither, and the mount path', () => {
    const answer = response();
    loopback.set(answer, 'known', 'a.b');
    expect(answer.getHeader('Set-Cookie')).toEqual([
      'drawbridge-known=a.b; Max-Age=15552000; Path=/idp; HttpOnly; SameSite=Lax',
    ]);
  });

  test('the last word on a cookie wins, others stay', () => {
    const answer = response();
    answer.setHeader('Set-Cookie', ['other=1']);
    secure.set(answer, 'session', 'abc');
    secure.clear(answer, 'session');
    expect(answer.getHeader('Set-Cookie')).toEqual([
      'other=1',
      '__Host-drawbridge-session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure',
    ]);
  });

  test.each([
    ['a=1; drawbridge-session=x ; b=2', 'x'],
    ['drawbridge-session=x; drawbridge-session=x', 'x'],
    ['drawbridge-session=x; drawbridge-session=y', null],
    ['xdrawbridge-session=x', null],
    ['drawbridge-session=', null],
    ['drawbridge-session', null],
    ['__Host-drawbridge-session=x', null],
  ])('reads %s', (header, value) => {
    expect(loopback.read(request(header), 'session')).toBe(value);
  });

  test('an unprefixed cookie is not taken for the prefixed one', () => {
    expect(secure.read(request('drawbridge-session=x'), 'session')).toBeNull();
  });

  test('refuses values that could end the cookie', () => {
    expect(() => secure.set(response(), 'language', 'en; Domain=x')).toThrow();
  });
});

describe('the browser secret', () => {
  const secrets = createBrowserSecrets({ cookies: loopback, random: systemRandom });

  test('is kept when it is one of ours, made anew otherwise', () => {
    const first = response();
    const secret = secrets.readOrCreate(request(), first);
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    const second = response();
    expect(secrets.readOrCreate(request(`drawbridge-browser=${secret}`), second)).toBe(secret);
    expect(second.getHeader('Set-Cookie')).toBeUndefined();
    expect(secrets.read(request('drawbridge-browser=short'))).toBeNull();
  });

  test('is never the same for two browsers', () => {
    const made = [1, 2].map(() => secrets.readOrCreate(request(), response()));
    expect(made[0]).not.toBe(made[1]);
  });
});
