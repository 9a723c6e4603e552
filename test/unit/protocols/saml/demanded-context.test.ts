import { describe, expect, test } from '@jest/globals';
import {
  assertedClass,
  demandedContext,
} from '../../../../src/protocols/saml/sso/demanded-context.js';

const ppt = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport';
const password = 'urn:oasis:names:tc:SAML:2.0:ac:classes:Password';
const mfa = 'https://refeds.org/profile/mfa';
const microsoft = 'http://schemas.microsoft.com/claims/multipleauthn';
const kerberos = 'urn:oasis:names:tc:SAML:2.0:ac:classes:Kerberos';

type Comparison = 'exact' | 'minimum' | 'maximum' | 'better';

describe('factors demanded, and the class asserted after one and after two', () => {
  test.each<[Comparison, string[], 1 | 2 | null, string | null, string | null]>([
    ['exact', [ppt], 1, ppt, ppt],
    ['exact', [password, ppt], 1, password, password],
    ['exact', [mfa], 2, null, mfa],
    ['exact', [microsoft, mfa], 2, null, microsoft],
    ['exact', [mfa, ppt], 1, ppt, mfa],
    ['exact', [kerberos, ppt], 1, ppt, ppt],
    ['exact', [kerberos], null, null, null],
    ['exact', [], null, null, null],
    ['minimum', [ppt], 1, ppt, ppt],
    ['minimum', [mfa], 2, null, mfa],
    ['minimum', [ppt, mfa], 1, ppt, ppt],
    ['minimum', [kerberos], null, null, null],
    ['maximum', [ppt], 1, ppt, ppt],
    ['maximum', [mfa], 1, ppt, mfa],
    ['maximum', [microsoft, password], 1, password, microsoft],
    ['maximum', [kerberos], null, null, null],
    ['better', [ppt], 2, null, mfa],
    ['better', [password, ppt], 2, null, mfa],
    ['better', [mfa], null, null, null],
    ['better', [ppt, mfa], null, null, null],
    ['better', [ppt, kerberos], null, null, null],
    ['better', [kerberos], null, null, null],
  ])('%s %j', (comparison, classRefs, factors, afterOne, afterTwo) => {
    const demanded = demandedContext({ comparison, classRefs }, { isMicrosoft: false });
    expect(demanded?.factors ?? null).toBe(factors);
    if (demanded === null) return;
    expect(assertedClass(demanded, { factors: 1 })).toBe(afterOne);
    expect(assertedClass(demanded, { factors: 2 })).toBe(afterTwo);
  });
});

describe('for Microsoft two factors are said in its own words, wherever the request leaves them open', () => {
  test.each<[Comparison, string[], 1 | 2 | null, string | null, string | null]>([
    ['exact', [ppt], 1, ppt, ppt],
    ['exact', [mfa], 2, null, mfa],
    ['exact', [microsoft, ppt], 1, ppt, microsoft],
    ['minimum', [password], 1, password, microsoft],
    ['minimum', [ppt, password], 1, ppt, microsoft],
    ['minimum', [mfa], 2, null, microsoft],
    ['minimum', [microsoft, password], 1, password, microsoft],
    ['minimum', [kerberos, password], 1, password, microsoft],
    ['minimum', [kerberos], null, null, null],
    ['maximum', [ppt], 1, ppt, ppt],
    ['maximum', [microsoft, password], 1, password, microsoft],
    ['better', [password], 2, null, microsoft],
    ['better', [ppt, password], 2, null, microsoft],
    ['better', [microsoft], null, null, null],
    ['better', [kerberos], null, null, null],
  ])('%s %j', (comparison, classRefs, factors, afterOne, afterTwo) => {
    const demanded = demandedContext({ comparison, classRefs }, { isMicrosoft: true });
    expect(demanded?.factors ?? null).toBe(factors);
    if (demanded === null) return;
    expect(assertedClass(demanded, { factors: 1 })).toBe(afterOne);
    expect(assertedClass(demanded, { factors: 2 })).toBe(afterTwo);
  });
});

test('unasked, the plain class of what was proved', () => {
  expect(assertedClass(null, { factors: 1 })).toBe(ppt);
  expect(assertedClass(null, { factors: 2 })).toBe(mfa);
  expect(assertedClass(null, { factors: 3 })).toBe(mfa);
});

test('nothing proved is no class at all', () => {
  expect(assertedClass(null, { factors: 0 })).toBeNull();
  const demanded = demandedContext(
    { comparison: 'exact', classRefs: [ppt] },
    { isMicrosoft: true },
  );
  expect(assertedClass(demanded, { factors: 0 })).toBeNull();
});
