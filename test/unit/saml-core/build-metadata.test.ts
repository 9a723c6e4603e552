import { describe, expect, test } from '@jest/globals';
import * as samlify from 'samlify';
import { buildMetadata } from '../../../src/saml-core/build-metadata.js';
import type { OwnMetadata } from '../../../src/saml-core/metadata.js';
import { bindings } from '../../../src/saml-core/namespaces.js';
import { random } from './support/assertion-content.js';
import { testKey } from './support/key-pairs.js';
import { metadataSchema } from './support/metadata-schema.js';
import { xmllintCanonical, xmllintValid, xmlsecVerify } from './support/xmlsec.js';

const schema = metadataSchema();
const next = testKey('rsa:2048', 'next');
const encryption = testKey();

function own(changes: Partial<OwnMetadata>): OwnMetadata {
  return {
    entityId: 'https://idp.example/saml?a&b',
    singleSignOn: [
      { binding: bindings.redirect, url: 'https://idp.example/saml/sso' },
      { binding: bindings.post, url: 'https://idp.example/saml/sso' },
    ],
    singleLogout: [{ binding: bindings.redirect, url: 'https://idp.example/saml/slo' }],
    signingCertificates: [],
    encryptionCertificates: [],
    nameIdFormats: ['urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'],
    wantAuthnRequestsSigned: true,
    validUntil: Date.UTC(2026, 10, 27),
    cacheDurationSeconds: 3600,
    ...changes,
  };
}

describe.each([
  ['RSA', testKey()],
  ['EC', testKey('ec')],
])('%s', (_, key) => {
  test.each([
    ['one key', { signingCertificates: [key.certificate] }],
    ['a rollover', { signingCertificates: [key.certificate, next.certificate] }],
    [
      'encryption',
      { signingCertificates: [key.certificate], encryptionCertificates: [encryption.certificate] },
    ],
    [
      'no logout and no formats',
      { signingCertificates: [key.certificate], singleLogout: [], nameIdFormats: [] },
    ],
  ])('valid, canonical and signed: %s', async (_name, changes) => {
    const xml = await buildMetadata(own(changes), key, random);
    xmllintValid(xml, schema);
    xmlsecVerify(xml, key);
    expect(xmllintCanonical(xml)).toBe(xml);
    expect(xml.match(/use="signing"/g)).toHaveLength(changes.signingCertificates.length);
    expect(xml).toContain('cacheDuration="PT3600S" entityID="https://idp.example/saml?a&amp;b"');
    expect(xml).toContain('validUntil="2026-11-27T00:00:00.000Z"');
  });
});

test('samlify reads the same', async () => {
  const key = testKey();
  const certificates = [key.certificate, next.certificate];
  const xml = await buildMetadata(own({ signingCertificates: certificates }), key, random);
  const { entityMeta } = samlify.IdentityProvider({ metadata: xml });
  expect(entityMeta.getEntityID()).toBe('https://idp.example/saml?a&b');
  expect(entityMeta.getSingleSignOnService('redirect')).toBe('https://idp.example/saml/sso');
  expect(entityMeta.getX509Certificate('signing')).toEqual(
    certificates.map((pem) => pem.replaceAll(/-----[A-Z ]+-----|\s/g, '')),
  );
});
