import { describe, expect, test } from '@jest/globals';
import { samlSettings } from '../../../src/protocols/saml/saml-settings.js';
import { wsFedSettings } from '../../../src/protocols/wsfed/wsfed-settings.js';

const inClaims = 'http://schemas.microsoft.com/ws/2008/06/identity/claims';
const types = [
  ['http://schemas.microsoft.com/claims', 'authnmethodsreferences'],
  [inClaims, 'authenticationmethod'],
  [inClaims, 'authenticationinstant'],
  [inClaims, 'multifactorauthenticationinstant'],
  ['http://schemas.microsoft.com/ws/2017/04/identity/claims', 'multifactorauthenticationinstant'],
  ['http://schemas.microsoft.com/ws/2012/01', 'insidecorporatenetwork'],
  ['http://schemas.microsoft.com/2014/03', 'psso'],
  ['HTTPS://Schemas.Microsoft.com/claims', 'AuthnMethodsReferences'],
] as const;

const saml = (attributes: object) => problemsOf(samlSettings.safeParse({ attributes }));
const wsFed = (attributes: object) =>
  problemsOf(
    wsFedSettings.safeParse({
      realm: 'urn:office',
      reply_urls: ['https://office.example/'],
      attributes,
    }),
  );

describe.each(types)('a claim of %s/%s is never filled from a field', (namespace, name) => {
  const uri = `${namespace}/${name}`;
  const refusal = [
    { path: ['attributes', uri], message: expect.stringContaining('leave it out') as unknown },
  ];

  test('in SAML', () => {
    expect(saml({ [uri]: 'department' })).toEqual(refusal);
    expect(saml({ [uri]: { from: 'department', name_format: 'uri' } })).toEqual(refusal);
  });

  test('in WS-Federation, as a URI or as namespace and name', () => {
    expect(wsFed({ [uri]: 'department' })).toEqual(refusal);
    expect(wsFed({ [name]: { from: 'department', namespace } })).toEqual([
      { ...refusal[0], path: ['attributes', name] },
    ]);
    expect(wsFed({ [name]: { from: 'department', namespace: `${namespace}/` } })).toHaveLength(1);
  });
});

test('other claims are, of Microsoft too', () => {
  const role = `${inClaims}/role`;
  expect(saml({ [role]: 'groups', authenticationmethod: 'department' })).toEqual([]);
  expect(wsFed({ [role]: 'groups', role: { from: 'groups', namespace: inClaims } })).toEqual([]);
});

function problemsOf(parsed: {
  error?: { issues: { path: PropertyKey[]; message: string }[] } | undefined;
}) {
  return (parsed.error?.issues ?? []).map(({ path, message }) => ({ path, message }));
}
