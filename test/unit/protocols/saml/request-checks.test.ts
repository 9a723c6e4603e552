import { describe, expect, test } from '@jest/globals';
import { chosenConsumer, isConsumer } from '../../../../src/protocols/saml/sso/consumer.js';
import { chosenNameId } from '../../../../src/protocols/saml/sso/name-id-policy.js';
import { windowFault } from '../../../../src/protocols/saml/message-window.js';
import { samlSettings } from '../../../../src/protocols/saml/saml-settings.js';

const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
const artifact = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact';
const unasked = { acsUrl: null, acsIndex: null, protocolBinding: null };

describe('where an answer goes', () => {
  const metadata = {
    acs: [
      { url: 'https://sp.example/artifact', binding: artifact, index: 0, isDefault: true },
      { url: 'https://sp.example/acs', binding: post, index: 1, isDefault: false },
      { url: 'https://sp.example/other', binding: post, index: 5, isDefault: false },
      { url: 'http://sp.example/plain', binding: post, index: 6, isDefault: false },
      { url: 'http://127.0.0.1:81/acs', binding: post, index: 7, isDefault: false },
      { url: 'javascript:alert(1)', binding: post, index: 8, isDefault: false },
      { url: 'JaVaScRiPt:alert(1)', binding: post, index: 9, isDefault: false },
      { url: 'data:text/html,x', binding: post, index: 10, isDefault: false },
    ],
  };

  test.each([
    ['nothing: the first that we can post to', {}, 'https://sp.example/acs'],
    ['a URL', { acsUrl: 'https://sp.example/other' }, 'https://sp.example/other'],
    ['an index', { acsIndex: 5 }, 'https://sp.example/other'],
    ['a binding', { protocolBinding: post }, 'https://sp.example/acs'],
    ['loopback', { acsIndex: 7 }, 'http://127.0.0.1:81/acs'],
  ])('asked for %s', (_what, asked, url) => {
    expect(chosenConsumer({ ...unasked, ...asked }, metadata)).toEqual({ ok: true, url });
  });

  test.each([
    ['a URL that is not registered', { acsUrl: 'https://evil.example/acs' }, 'consumer-url'],
    ['a URL in other case', { acsUrl: 'https://SP.example/acs' }, 'consumer-url'],
    ['a URL with a slash more', { acsUrl: 'https://sp.example/acs/' }, 'consumer-url'],
    ['a URL with a query', { acsUrl: 'https://sp.example/acs?x' }, 'consumer-url'],
    ['no URL', { acsUrl: '' }, 'consumer-url'],
    ['a URL of another binding', { acsUrl: 'https://sp.example/artifact' }, 'consumer-url'],
    ['a URL without TLS', { acsUrl: 'http://sp.example/plain' }, 'consumer-url'],
    ['a script', { acsUrl: 'javascript:alert(1)' }, 'consumer-url'],
    ['an index of a script', { acsIndex: 9 }, 'consumer-index'],
    ['an index of data', { acsIndex: 10 }, 'consumer-index'],
    ['an index that is not registered', { acsIndex: 3 }, 'consumer-index'],
    ['an index of another binding', { acsIndex: 0 }, 'consumer-index'],
  ])('refused: %s', (_what, asked, detail) => {
    expect(chosenConsumer({ ...unasked, ...asked }, metadata)).toEqual({
      ok: false,
      refusal: 'redirect_not_registered',
      detail,
    });
  });

  test.each([
    ['another binding', { protocolBinding: artifact }, 'protocol-binding'],
    ['index and URL', { acsIndex: 5, acsUrl: 'https://sp.example/other' }, 'consumer-twice'],
    ['index and binding', { acsIndex: 5, protocolBinding: post }, 'consumer-twice'],
  ])('malformed: %s', (_what, asked, detail) => {
    expect(chosenConsumer({ ...unasked, ...asked }, metadata)).toMatchObject({
      refusal: 'request_invalid',
      detail,
    });
  });

  test('looked up again when it is sent', () => {
    expect(isConsumer('https://sp.example/acs', metadata)).toBe(true);
    expect(isConsumer('https://sp.example/acs', { acs: [] })).toBe(false);
  });

  test('a service that we cannot post to', () => {
    expect(chosenConsumer(unasked, { acs: metadata.acs.slice(0, 1) }).ok).toBe(false);
  });
});

describe('for this address and for now', () => {
  const now = Date.UTC(2026, 0, 1, 12);
  const destination = 'https://idp.example/saml/sso';
  const message = { id: '_1', destination, issueInstant: now };
  const minute = 60_000;

  test.each([
    ['as it should be', {}, false, null],
    ['signed', {}, true, null],
    ['without a destination, unsigned', { destination: null }, false, null],
    ['without a destination, signed', { destination: null }, true, 'destination'],
    ['for another address', { destination: `${destination}/` }, false, 'destination'],
    [
      'for the other issuer',
      { destination: 'https://idp.example/saml/x/sso' },
      true,
      'destination',
    ],
    ['for nobody', { destination: '' }, false, 'destination'],
    ['five minutes old', { issueInstant: now - 5 * minute }, false, null],
    ['older', { issueInstant: now - 5 * minute - 1 }, false, 'too-old'],
    ['three minutes ahead', { issueInstant: now + 3 * minute }, false, null],
    ['further ahead', { issueInstant: now + 3 * minute + 1 }, false, 'in-the-future'],
    ['an ID without end', { id: `_${'a'.repeat(256)}` }, false, 'id'],
  ])('%s', (_what, change, signed, fault) => {
    expect(windowFault({ ...message, ...change }, { destination, signed, now })).toBe(fault);
  });
});

describe('which name identifier', () => {
  const entityId = 'https://sp.example/saml';
  const format = (name: string) => `urn:oasis:names:tc:SAML:2.0:nameid-format:${name}`;
  const email = 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress';
  const policy = { format: null, spNameQualifier: null, allowCreate: false };

  test.each([
    ['no policy', null, {}, { ok: true, kind: null }],
    ['no format', policy, {}, { ok: true, kind: null }],
    [
      'unspecified',
      { ...policy, format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified' },
      {},
      { ok: true, kind: null },
    ],
    [
      'persistent',
      { ...policy, format: format('persistent') },
      {},
      { ok: true, kind: 'persistent' },
    ],
    ['transient', { ...policy, format: format('transient') }, {}, { ok: true, kind: 'transient' }],
    [
      'mail, not released',
      { ...policy, format: email },
      {},
      { ok: false, detail: 'email-not-released' },
    ],
    [
      'mail, the choice',
      { ...policy, format: email },
      { name_id: 'email' },
      { ok: true, kind: 'email' },
    ],
    [
      'mail, an attribute',
      { ...policy, format: email },
      { attributes: { mail: 'mail' } },
      { ok: true, kind: 'email' },
    ],
    [
      'mail, from another field',
      { ...policy, format: email },
      { name_id: { format: 'email', from: 'upn' } },
      { ok: true, kind: 'email' },
    ],
    [
      'encrypted',
      { ...policy, format: format('encrypted') },
      {},
      { ok: false, detail: 'name-id-format' },
    ],
    ['unknown', { ...policy, format: 'urn:x' }, {}, { ok: false, detail: 'name-id-format' }],
    ['its own circle', { ...policy, spNameQualifier: entityId }, {}, { ok: true, kind: null }],
    [
      'another circle',
      { ...policy, spNameQualifier: 'https://other.example' },
      {},
      { ok: false, detail: 'sp-name-qualifier' },
    ],
  ])('%s', (_what, asked, written, chosen) => {
    expect(chosenNameId(asked, entityId, samlSettings.parse(written))).toEqual(chosen);
  });
});
