import { authnRequest, logoutRequest, post, saml } from './genuine.js';
import { encryptedId, nameIdXml } from './encrypted-id.js';
import type { HostileKeys, HostileMessage } from './hostile-message.js';
import { peerSigned } from './peer-signature.js';

/** Identifiers that cannot, or must not, be decrypted. The receiver's own key is `other`. */
export function hostileEncryption({ rsa, other, weak }: HostileKeys): HostileMessage[] {
  const logout = (
    name: string,
    encrypted: string,
    refusal: string,
    edit: (xml: string) => string = (xml) => xml,
  ): HostileMessage => ({
    name,
    inbound: post(peerSigned(edit(logoutRequest({ content: encrypted })), rsa)),
    partner: { decryptionKeys: [other.pem] },
    refusal,
  });
  const good = encryptedId(nameIdXml('alice'), other.certificate);
  const container = `<xenc:CipherData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"><xenc:CipherReference URI="http://127.0.0.1:9/"/></xenc:CipherData>`;
  return [
    logout(
      'encrypted for somebody else',
      encryptedId(nameIdXml('alice'), weak.certificate),
      'malformed not-decryptable',
    ),
    {
      ...logout('encrypted where nothing is to be decrypted', good, 'malformed not-decryptable'),
      partner: {},
    },
    logout('encrypted with a cipher of the past', good, 'malformed cipher', (xml) =>
      xml.replace('2009/xmlenc11#aes256-gcm', '2001/04/xmlenc#tripledes-cbc'),
    ),
    logout('a key of RSA 1.5', good, 'malformed not-decryptable', (xml) =>
      xml.replace('rsa-oaep-mgf1p', 'rsa-1_5'),
    ),
    logout('a changed cipher text', good, 'malformed not-decryptable', (xml) =>
      xml.replace(/(.*)<xenc:CipherValue>..../s, '$1<xenc:CipherValue>AAAA'),
    ),
    logout('a cipher text to fetch', good, 'malformed no-cipher-value', (xml) =>
      xml.replace(/<xenc:CipherData>(?!.*<xenc:CipherData>).*<\/xenc:CipherData>/s, container),
    ),
    logout(
      'something else than a name was encrypted',
      encryptedId(`<saml:Issuer xmlns:saml="${saml}">x</saml:Issuer>`, other.certificate),
      'forbidden-construct decrypted',
    ),
    logout(
      'a comment in the encrypted name',
      encryptedId(nameIdXml('admin@x<!-- -->.evil'), other.certificate),
      'forbidden-construct comment',
    ),
    logout(
      'an encrypted name that is not valid',
      encryptedId(nameIdXml('<a/>'), other.certificate),
      'schema-invalid',
    ),
    {
      name: 'a well encrypted subject that nobody signed',
      inbound: post(authnRequest({ content: `<saml:Subject>${good}</saml:Subject>` })),
      partner: { mustSign: false, decryptionKeys: [other.pem] },
      refusal: 'unsigned encrypted-id',
    },
  ];
}
