import { describe, expect, test } from '@jest/globals';
import {
  requestEndpoint,
  responseEndpoint,
} from '../../../../src/protocols/saml/logout/logout-endpoint.js';
import { logoutMismatch } from '../../../../src/protocols/saml/logout/match-participation.js';
import type { NameId } from '../../../../src/saml-core/messages.js';
import { bindings } from '../../../../src/saml-core/namespaces.js';

const endpoint = (binding: string, url: string, responseUrl: string | null = null) => ({
  binding,
  url,
  responseUrl,
});
const redirect = endpoint(bindings.redirect, 'https://sp.example/r', 'https://sp.example/r-back');
const post = endpoint(bindings.post, 'https://sp.example/p');
const soap = endpoint('urn:oasis:names:tc:SAML:2.0:bindings:SOAP', 'https://sp.example/soap');

describe('where logout messages go', () => {
  test.each([
    ['by Redirect where there is a choice', [post, redirect], 'https://sp.example/r'],
    ['by POST', [soap, post], 'https://sp.example/p'],
    ['nowhere by SOAP', [soap], undefined],
    ['nowhere', [], undefined],
  ])('requests %s', (_, slo, url) => {
    expect(requestEndpoint({ slo })?.url).toBe(url);
  });

  test.each([
    ['by the binding that was used', [redirect, post], 'post', 'https://sp.example/p'],
    ['to the address for answers', [post, redirect], 'redirect', 'https://sp.example/r-back'],
    ['by another binding where there is no other', [redirect], 'post', 'https://sp.example/r-back'],
    ['nowhere', [soap], 'post', undefined],
  ] as const)('answers %s', (_, slo, used, url) => {
    expect(responseEndpoint({ slo: [...slo] }, used)?.url).toBe(url);
  });
});

describe('whom a request means', () => {
  const names = { ours: 'https://idp.example', theirs: 'https://sp.example' };
  const nameId: NameId = {
    value: 'alice',
    format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    nameQualifier: names.ours,
    spNameQualifier: names.theirs,
  };
  const told = { issuer: 'default', sessionIndex: '_1', nameId };
  const asked = { nameId, sessionIndexes: ['_1'] };
  const named = (changes: Partial<NameId>) => ({ ...asked, nameId: { ...nameId, ...changes } });

  test.each([
    ['the same', asked, null],
    ['without qualifiers', named({ nameQualifier: null, spNameQualifier: null }), null],
    ['of any session', { ...asked, sessionIndexes: [] }, null],
    ['of this among others', { ...asked, sessionIndexes: ['_0', '_1'] }, null],
    ['of another session', { ...asked, sessionIndexes: ['_0'] }, 'other-session'],
    ['another value', named({ value: 'Alice' }), 'other-name-id'],
    ['another format', named({ format: null }), 'other-name-id'],
    ['of another issuer', named({ nameQualifier: 'https://x.example' }), 'other-name-id'],
    ['of another service', named({ spNameQualifier: 'https://x.example' }), 'other-name-id'],
  ] as const)('%s', (_, request, mismatch) => {
    expect(logoutMismatch(request, told, names)).toBe(mismatch);
  });

  test('nobody who was told nothing here', () => {
    expect(logoutMismatch(asked, null, names)).toBe('not-a-participant');
  });

  test('no format at all is the unspecified one', () => {
    const format = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';
    const plain = { ...told, nameId: { ...nameId, format: null } };
    expect(logoutMismatch(named({ format }), plain, names)).toBeNull();
  });
});
