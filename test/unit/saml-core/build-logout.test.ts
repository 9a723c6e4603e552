import { describe, expect, test } from '@jest/globals';
import { buildLogoutRequest, buildLogoutResponse } from '../../../src/saml-core/build-logout.js';
import { receiveMessage } from '../../../src/saml-core/receive-message.js';
import { postFields, redirectUrl } from '../../../src/saml-core/redirect-url.js';
import { protocolSchema, random } from './support/assertion-content.js';
import { testKey } from './support/key-pairs.js';
import { xmllintCanonical, xmllintValid, xmlsecVerify } from './support/xmlsec.js';

const issuer = 'https://idp.example/saml';
const request = {
  issuer,
  destination: 'https://sp.example/slo',
  issueInstant: Date.UTC(2026, 10, 20, 10),
  notOnOrAfter: Date.UTC(2026, 10, 20, 10, 5),
  nameId: { value: 'alice & "bob"', format: 'urn:f', nameQualifier: null, spNameQualifier: null },
  sessionIndexes: ['_s1', '_s2'],
};
const response = {
  issuer,
  destination: 'https://sp.example/slo',
  issueInstant: Date.UTC(2026, 10, 20, 10),
  inResponseTo: '_theirs',
  status: 'Responder' as const,
  subStatus: 'PartialLogout' as const,
};

describe.each([
  ['RSA', testKey()],
  ['EC', testKey('ec')],
])('with %s', (_, key) => {
  const deps = {
    partnerOf: () => ({
      entityId: issuer,
      signingCertificates: [key.certificate],
      mustSign: true,
      allowSha1: false,
    }),
    expected: ['LogoutRequest' as const, 'LogoutResponse' as const],
  };

  test('messages are valid, canonical and signed, and our own receiver takes them by POST', async () => {
    const asked = await buildLogoutRequest(request, key, random);
    const answered = await buildLogoutResponse(response, key, random);
    for (const { xml } of [asked, answered]) {
      xmllintValid(xml, protocolSchema);
      xmlsecVerify(xml, key);
      expect(xmllintCanonical(xml)).toBe(xml);
    }
    const fields = postFields('SAMLRequest', asked.xml, 'r');
    expect(await receiveMessage({ binding: 'post', fields }, deps)).toMatchObject({
      ok: true,
      relayState: 'r',
      message: {
        id: asked.id,
        nameId: request.nameId,
        sessionIndexes: ['_s1', '_s2'],
        notOnOrAfter: request.notOnOrAfter,
        destination: request.destination,
      },
    });
    const answer = postFields('SAMLResponse', answered.xml, null);
    expect(answer).not.toHaveProperty('RelayState');
    expect(await receiveMessage({ binding: 'post', fields: answer }, deps)).toMatchObject({
      ok: true,
      message: {
        inResponseTo: '_theirs',
        status: 'urn:oasis:names:tc:SAML:2.0:status:Responder',
        subStatus: 'urn:oasis:names:tc:SAML:2.0:status:PartialLogout',
      },
    });
  });

  test('by Redirect the signature stands beside the message', async () => {
    const { xml, id } = await buildLogoutRequest(request, null, random);
    xmllintValid(xml, protocolSchema);
    expect(xml).not.toContain('Signature');
    const relayState = 'a b+c&d=ü"';
    const url = await redirectUrl(
      'https://sp.example/slo?x=1',
      'SAMLRequest',
      xml,
      relayState,
      key,
    );
    expect(url.startsWith('https://sp.example/slo?x=1&SAMLRequest=')).toBe(true);
    const rawQuery = url.slice(url.indexOf('?') + 1);
    expect(await receiveMessage({ binding: 'redirect', rawQuery }, deps)).toMatchObject({
      ok: true,
      relayState,
      message: { id },
    });
  });
});
