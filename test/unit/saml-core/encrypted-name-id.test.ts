import { expect, test } from '@jest/globals';
import { receiveMessage } from '../../../src/saml-core/receive-message.js';
import { encryptedId, nameIdXml } from './support/encrypted-id.js';
import type { EncryptedIdOptions } from './support/encrypted-id.js';
import { deflated, logoutRequest, partnerId, post, redirect } from './support/genuine.js';
import { testKey } from './support/key-pairs.js';
import { peerQuery, peerSigned } from './support/peer-signature.js';

const partnerKey = testKey();
const oldKey = testKey();
const ownKey = testKey();
const xenc11 = 'http://www.w3.org/2009/xmlenc11#';

const forms: [string, EncryptedIdOptions][] = [
  ['AES-256-GCM', {}],
  ['AES-128-GCM', { cipher: `${xenc11}aes128-gcm`, sessionKey: 'aes-128' }],
  ['AES-192-GCM', { cipher: `${xenc11}aes192-gcm`, sessionKey: 'aes-192' }],
  ['a named digest', { digest: 'http://www.w3.org/2000/09/xmldsig#sha1' }],
  ['the key beside the data', { beside: true }],
];

const deps = {
  partnerOf: () => ({
    entityId: partnerId,
    signingCertificates: [partnerKey.certificate],
    mustSign: true,
    allowSha1: false,
    decryptionKeys: [oldKey.pem, ownKey.pem],
  }),
  expected: ['LogoutRequest' as const],
};

test.each(forms)('a name is read that xmlsec1 encrypted: %s', async (_, options) => {
  const encrypted = encryptedId(nameIdXml('alice &amp; bob'), ownKey.certificate, options);
  const xml = logoutRequest({ content: encrypted });
  const expected = {
    ok: true,
    message: { nameId: { value: 'alice & bob', format: 'urn:f' }, sessionIndexes: [] },
  };
  expect(await receiveMessage(post(peerSigned(xml, partnerKey)), deps)).toMatchObject(expected);
  const query = peerQuery('SAMLRequest', deflated(xml), partnerKey);
  expect(await receiveMessage(redirect(query), deps)).toMatchObject(expected);
});
