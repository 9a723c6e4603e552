import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Partner, ReceiveDeps } from '../../../src/saml-core/received.js';
import { receiveMessage } from '../../../src/saml-core/receive-message.js';
import {
  authnRequest,
  deflated,
  logoutRequest,
  logoutResponse,
  partnerId,
  post,
  redirect,
} from './support/genuine.js';
import { testKey } from './support/key-pairs.js';
import type { TestKey } from './support/key-pairs.js';
import { peerQuery, peerSigned } from './support/peer-signature.js';
import { inclusive, transform, withTemplate } from './support/signature-template.js';
import { xmlsecSign } from './support/xmlsec.js';

const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';

let key: TestKey;
let nextKey: TestKey;
let ecKey: TestKey;

beforeAll(() => {
  key = testKey();
  nextKey = testKey();
  ecKey = testKey('ec');
});

function deps(changes: Partial<Partner> = {}): ReceiveDeps {
  const partner: Partner = {
    entityId: partnerId,
    signingCertificates: [ecKey.certificate, nextKey.certificate, key.certificate],
    mustSign: true,
    allowSha1: false,
    ...changes,
  };
  return {
    partnerOf: (issuer) => (issuer === partnerId ? partner : null),
    expected: ['AuthnRequest', 'LogoutRequest', 'LogoutResponse'],
  };
}

describe('a signed AuthnRequest', () => {
  const full = () =>
    authnRequest({
      attributes:
        'ForceAuthn="true" IsPassive="0" AssertionConsumerServiceIndex="3" ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"',
      content:
        '<saml:Subject><saml:NameID Format="urn:f" NameQualifier="q">bob &amp; co</saml:NameID></saml:Subject>' +
        '<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" AllowCreate="1" SPNameQualifier="spq"/>' +
        '<samlp:RequestedAuthnContext Comparison="minimum"><saml:AuthnContextClassRef>urn:a</saml:AuthnContextClassRef><saml:AuthnContextClassRef>urn:b</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>',
    });

  test('gives all its values by POST', async () => {
    const signed = peerSigned(full(), key);
    expect(await receiveMessage(post(signed, 'SAMLRequest', ' a&b "ü'), deps())).toEqual({
      ok: true,
      signed: true,
      sha1: false,
      relayState: ' a&b "ü',
      message: {
        type: 'AuthnRequest',
        id: '_genuine',
        issuer: partnerId,
        destination: 'https://idp.example/saml',
        issueInstant: Date.UTC(2026, 10, 20, 10),
        acsUrl: null,
        acsIndex: 3,
        protocolBinding: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
        forceAuthn: true,
        isPassive: false,
        nameIdPolicy: {
          format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
          spNameQualifier: 'spq',
          allowCreate: true,
        },
        requestedAuthnContext: { comparison: 'minimum', classRefs: ['urn:a', 'urn:b'] },
        subject: { value: 'bob & co', format: 'urn:f', nameQualifier: 'q', spNameQualifier: null },
      },
    });
  });

  test.each(['rsa', 'next', 'ec'])('is accepted from the %s certificate by POST', async (which) => {
    const by = which === 'rsa' ? key : which === 'next' ? nextKey : ecKey;
    expect(await receiveMessage(post(peerSigned(full(), by)), deps())).toMatchObject({ ok: true });
  });

  test('may treat prefixes inclusively', async () => {
    const xml = full().replace(' ID=', ' xmlns:xs="http://www.w3.org/2001/XMLSchema" ID=');
    const signed = xmlsecSign(
      withTemplate(xml, {
        canonicalization: `<ds:CanonicalizationMethod Algorithm="${exclusive}">${inclusive('xs saml')}</ds:CanonicalizationMethod>`,
        transforms:
          transform('http://www.w3.org/2000/09/xmldsig#enveloped-signature') +
          transform(exclusive, inclusive('xs #default')),
      }),
      key,
    );
    expect(await receiveMessage(post(signed), deps())).toMatchObject({ ok: true });
  });

  test.each(['rsa', 'next'])('is accepted by Redirect from the %s certificate', async (which) => {
    const query = peerQuery('SAMLRequest', deflated(full()), which === 'rsa' ? key : nextKey, {
      relayState: 'a b+c',
    });
    expect(await receiveMessage(redirect(`x=1&${query}`), deps())).toMatchObject({
      ok: true,
      signed: true,
      relayState: 'a b+c',
      message: { acsIndex: 3 },
    });
  });

  test('with SHA-1 is accepted where that is allowed, and says so', async () => {
    const sha1 = 'http://www.w3.org/2000/09/xmldsig#rsa-sha1';
    const query = peerQuery('SAMLRequest', deflated(full()), key, {
      algorithm: sha1,
      hash: 'sha1',
    });
    const allowed = deps({ allowSha1: true });
    expect(await receiveMessage(redirect(query), allowed)).toMatchObject({ ok: true, sha1: true });
    const signed = peerSigned(full(), key, {
      signature: sha1,
      digest: 'http://www.w3.org/2000/09/xmldsig#sha1',
    });
    expect(await receiveMessage(post(signed), allowed)).toMatchObject({ ok: true, sha1: true });
  });
});

test('an unsigned AuthnRequest is taken from a partner who need not sign', async () => {
  const unsigned = deps({ mustSign: false });
  for (const inbound of [
    post(authnRequest()),
    redirect(peerQuery('SAMLRequest', deflated(authnRequest()), null)),
  ]) {
    expect(await receiveMessage(inbound, unsigned)).toMatchObject({
      ok: true,
      signed: false,
      relayState: null,
      message: { acsUrl: 'https://sp.example/acs' },
    });
  }
});

test('a logout request gives its person and sessions', async () => {
  const xml = logoutRequest({ attributes: 'NotOnOrAfter="2026-11-20T11:00:00.5+01:00"' });
  const expected = {
    ok: true,
    message: {
      type: 'LogoutRequest',
      notOnOrAfter: Date.UTC(2026, 10, 20, 10, 0, 0, 500),
      nameId: { value: 'alice', format: null },
      sessionIndexes: ['s1'],
    },
  };
  expect(await receiveMessage(post(peerSigned(xml, key)), deps())).toMatchObject(expected);
  const query = peerQuery('SAMLRequest', deflated(xml), key);
  expect(await receiveMessage(redirect(query), deps())).toMatchObject(expected);
});

test('a logout response gives both status codes', async () => {
  const signed = peerSigned(logoutResponse(), key);
  expect(await receiveMessage(post(signed, 'SAMLResponse'), deps())).toMatchObject({
    ok: true,
    message: {
      inResponseTo: '_ours',
      status: 'urn:oasis:names:tc:SAML:2.0:status:Responder',
      subStatus: 'urn:oasis:names:tc:SAML:2.0:status:PartialLogout',
    },
  });
});

test('an XML declaration, broken base64 lines and Extensions of others are no fault', async () => {
  const xml = `<?xml version='1.0' encoding="UTF-8" standalone="no"?>\n${authnRequest({
    content: '<samlp:Extensions><x:a xmlns:x="urn:x">1</x:a></samlp:Extensions>',
  })}\n`;
  const encoded = Buffer.from(xml).toString('base64').replaceAll(/.{76}/g, '$&\r\n');
  const inbound = { binding: 'post', fields: { SAMLRequest: encoded } } as const;
  expect(await receiveMessage(inbound, deps({ mustSign: false }))).toMatchObject({ ok: true });
});
