import { describe, expect, test } from '@jest/globals';
import { demandedAuthentication } from '../../../../src/protocols/wsfed/passive/demanded-authentication.js';
import { readParameters } from '../../../../src/protocols/wsfed/passive/parameters.js';
import { timeFault } from '../../../../src/protocols/wsfed/passive/request-time.js';
import { signInRequestOf } from '../../../../src/protocols/wsfed/passive/sign-in-request-of.js';
import { isReplyUrl } from '../../../../src/protocols/wsfed/reply-url.js';
import { claimType, wsFedSettings } from '../../../../src/protocols/wsfed/wsfed-settings.js';

const MULTI = 'http://schemas.microsoft.com/claims/multipleauthn';
const nothing = { method: 'any', force: false, maxAge: null, multiFactorMaxAge: null };

describe('what a request demands', () => {
  test.each([
    [{}, nothing],
    [{ wauth: '', wfresh: '', mfa_max_age: '' }, nothing],
    [
      { wauth: MULTI, mfa_max_age: '259200' },
      { ...nothing, method: 'multi-factor', multiFactorMaxAge: 259_200_000 },
    ],
    [{ wfresh: '0' }, { ...nothing, force: true, maxAge: 0 }],
    [{ wfresh: '10' }, { ...nothing, maxAge: 600_000 }],
    [{ prompt: 'login' }, { ...nothing, force: true }],
    [{ prompt: 'select_account login' }, { ...nothing, force: true }],
    [{ prompt: 'loginx' }, nothing],
    [{ wauth: 'urn:oasis:names:tc:SAML:1.0:am:unspecified' }, nothing],
    [{ wauth: 'urn:oasis:names:tc:SAML:1.0:am:password' }, { ...nothing, method: 'password' }],
    [
      { wauth: 'http://schemas.microsoft.com/claims/wiaormultiauthn' },
      { ...nothing, method: 'multi-factor' },
    ],
  ])('%j', (parameters, asked) => {
    expect(demandedAuthentication(parameters)).toEqual({ ok: true, asked });
  });

  test.each([
    [{ wauth: 'urn:federation:authentication:windows' }, 'strength_unreachable'],
    [{ wauth: 'constructor' }, 'strength_unreachable'],
    [{ wauth: MULTI.toUpperCase() }, 'strength_unreachable'],
    [{ wfresh: '-1' }, 'request_invalid'],
    [{ mfa_max_age: '1e3' }, 'request_invalid'],
  ])('%j is refused', (parameters, refusal) => {
    expect(demandedAuthentication(parameters)).toMatchObject({ ok: false, refusal });
  });

  test('the engine hears the shorter age, that of multi-factor only where it is asked for', () => {
    const flow = {
      v: 1,
      party: 'p',
      issuer: null,
      reply: '',
      context: null,
      loginHint: null,
    } as const;
    const ages = { maxAge: 900, multiFactorMaxAge: 60, force: false };
    const asked = (method: 'any' | 'multi-factor') =>
      signInRequestOf({ ...flow, asked: { ...ages, method } }, '/').asked;
    expect(asked('any')).toEqual({ factors: 1, maxAge: 900, acrs: [] });
    expect(asked('multi-factor')).toEqual({ factors: 2, maxAge: 60, acrs: [] });
  });
});

describe('parameters', () => {
  test.each([
    ['', {}],
    ['wa=a&wctx=b%20c+d%2B&unknown=1&unknown=2', { wa: 'a', wctx: 'b c d+' }],
    ['wctx=', { wctx: '' }],
    ['wctx', { wctx: '' }],
    ['wctx=a=b', { wctx: 'a=b' }],
    ['wctx=%0d%0a%09', { wctx: '\r\n\t' }],
    [Buffer.from('wctx=é').toString('latin1'), { wctx: 'é' }],
    ['%zz=1&wa=a', { wa: 'a' }],
  ])('%j', (raw, parameters) => {
    expect(readParameters(raw)).toEqual({ ok: true, parameters });
  });

  test.each(['wa=1&wa=1', '%77a=1', 'wctx=%', 'wctx=%c0%80', 'wctx=%00', 'wctx=\xff'])(
    '%j is refused',
    (raw) => {
      expect(readParameters(raw).ok).toBe(false);
    },
  );
});

test.each([
  [undefined, null],
  ['', null],
  ['2026-11-20T10:00:00Z', null],
  ['2026-11-20T11:00:00+01:00', null],
  ['2026-11-20T09:55:00.000Z', null],
  ['2026-11-20T09:54:59Z', 'too-old'],
  ['2026-11-20T10:03:00Z', null],
  ['2026-11-20T10:03:01Z', 'in-the-future'],
  ['2026-11-20', 'wct'],
  ['2026-13-20T10:00:00Z', 'wct'],
])('wct %s', (wct, fault) => {
  expect(timeFault(wct, Date.UTC(2026, 10, 20, 10))).toBe(fault);
});

test.each([
  ['https://a.example/', true],
  ['https://a.example/?b=c', true],
  ['http://127.0.0.1:7300/', true],
  ['http://[::1]/', true],
  ['http://a.example/', false],
  ['http://localhost.evil.example/', false],
  ['https://a.example/#b', false],
  ['https://u@a.example/', false],
  ['JaVaScRiPt:alert(1)', false],
  ['/relative', false],
])('a token may be posted to %s: %s', (url, allowed) => {
  expect(isReplyUrl(url)).toBe(allowed);
});

test.each([
  ['http://schemas.xmlsoap.org/claims/UPN', ['http://schemas.xmlsoap.org/claims', 'UPN']],
  ['urn:example:a/b', ['urn:example:a', 'b']],
  ['mail', null],
  ['http://a.example/', null],
])('claim type %s', (uri, parts) => {
  const type = claimType(uri);
  expect(type && [type.namespace, type.name]).toEqual(parts);
});

describe('settings', () => {
  const written = { realm: 'urn:a', reply_urls: ['https://a.example/'] };
  test('what may be left out', () => {
    expect(wsFedSettings.parse(written)).toEqual({
      ...written,
      issuer: 'default',
      issuer_by_domain: false,
      name_id: 'persistent',
      attributes: {},
      token_lifetime: 3_600_000,
      signature: 'rsa-sha256',
      sign_out_cleanup: true,
    });
  });
  test.each([
    { reply_urls: [] },
    { reply_urls: ['http://a.example/'] },
    { attributes: { mail: 'mail' } },
    { token_lifetime: '13h' },
    { signature: 'md5' },
    { unknown: 1 },
  ])('%j is refused', (change) => {
    expect(wsFedSettings.safeParse({ ...written, ...change }).success).toBe(false);
  });
});
