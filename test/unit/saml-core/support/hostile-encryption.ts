import { createCipheriv } from 'node:crypto';
import { authnRequest, logoutRequest, post, saml } from './genuine.js';
import { encryptedId, nameIdXml } from './encrypted-id.js';
import type { HostileKeys, HostileMessage } from './hostile-message.js';
import { peerSigned } from './peer-signature.js';

/** Encrypted with a key of zeros. */
function underNothing(name: string): Buffer {
  const cipher = createCipheriv('aes-256-gcm', Buffer.alloc(32), Buffer.alloc(12));
  const text = Buffer.concat([cipher.update(nameIdXml(name)), cipher.final()]);
  return Buffer.concat([Buffer.alloc(12), text, cipher.getAuthTag()]);
}

const xenc = 'http://www.w3.org/2001/04/xmlenc#';
const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';

/**
 * Identifiers that cannot, or must not, be decrypted: whatever it is, the answer is the same to the letter. The
 * receiver's own key is `other`.
 */
export function hostileEncryption({ rsa, other, weak }: HostileKeys): HostileMessage[] {
  const logout = (
    name: string,
    encrypted: string,
    edit: (xml: string) => string = (xml) => xml,
  ): HostileMessage => ({
    name: `EncryptedID: ${name}`,
    inbound: post(peerSigned(edit(logoutRequest({ content: encrypted })), rsa)),
    partner: { decryptionKeys: [other.pem] },
    refusal: 'malformed not-decryptable',
  });
  const good = encryptedId(nameIdXml('alice'), other.certificate);
  const holding = (name: string, content: string) =>
    logout(name, encryptedId(content, other.certificate));
  const container = `<xenc:CipherData xmlns:xenc="${xenc}"><xenc:CipherReference URI="http://127.0.0.1:9/"/></xenc:CipherData>`;
  const data = /<xenc:CipherData>(?!.*<xenc:CipherData>).*<\/xenc:CipherData>/s;
  const key = /<xenc:CipherData>.*?<\/xenc:CipherData>/s;
  const value = (text: string | Buffer) =>
    `<xenc:CipherData><xenc:CipherValue>${typeof text === 'string' ? text : text.toString('base64')}</xenc:CipherValue></xenc:CipherData>`;
  const sealed = Buffer.from(/.*<xenc:CipherValue>([^<]*)/s.exec(good)?.[1] ?? '', 'base64');
  return [
    logout('for somebody else', encryptedId(nameIdXml('alice'), weak.certificate)),
    { ...logout('where nothing is to be decrypted', good), partner: {} },
    logout('a cipher of the past', good, (xml) =>
      xml.replace('2009/xmlenc11#aes256-gcm', '2001/04/xmlenc#tripledes-cbc'),
    ),
    logout(
      'a cipher without authentication',
      encryptedId(nameIdXml('alice'), other.certificate, { cipher: `${xenc}aes256-cbc` }),
    ),
    logout('authenticated, and said not to be', good, (xml) =>
      xml.replace('2009/xmlenc11#aes256-gcm', '2001/04/xmlenc#aes256-cbc'),
    ),
    logout('another size of key', good, (xml) => xml.replace('aes256-gcm', 'aes128-gcm')),
    logout('a key of RSA 1.5', good, (xml) => xml.replace('rsa-oaep-mgf1p', 'rsa-1_5')),
    logout('a key that cannot be opened, a text under a key that anybody knows', good, (xml) =>
      xml.replace(key, value(Buffer.alloc(256, 1))).replace(data, value(underNothing('alice'))),
    ),
    logout('no way of transport', good, (xml) =>
      xml.replace(
        /<xenc:EncryptionMethod [^>]*rsa-oaep-mgf1p"(?:\/>|>.*?<\/xenc:EncryptionMethod>)/s,
        '',
      ),
    ),
    logout('another mask than digest', good, (xml) =>
      xml.replace(
        /<xenc:EncryptionMethod [^>]*rsa-oaep-mgf1p"(?:\/>|>.*?<\/xenc:EncryptionMethod>)/s,
        `<xenc:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#rsa-oaep"><xenc11:MGF xmlns:xenc11="http://www.w3.org/2009/xmlenc11#" Algorithm="http://www.w3.org/2009/xmlenc11#mgf1sha256"/></xenc:EncryptionMethod>`,
      ),
    ),
    logout('a digest for a mask of SHA-1', good, (xml) =>
      xml.replace(
        /(<xenc:EncryptionMethod [^>]*rsa-oaep-mgf1p")(?:\/>|>.*?<\/xenc:EncryptionMethod>)/s,
        `$1><ds:DigestMethod Algorithm="${xenc}sha256"/></xenc:EncryptionMethod>`,
      ),
    ),
    logout('a digest nobody knows', good, (xml) =>
      xml.replace(
        /(<xenc:EncryptionMethod [^>]*rsa-oaep-mgf1p")(?:\/>|>.*?<\/xenc:EncryptionMethod>)/s,
        '$1><ds:DigestMethod Algorithm="urn:x"/></xenc:EncryptionMethod>',
      ),
    ),
    logout('no key', good, (xml) => xml.replace(/<ds:KeyInfo[ >].*?<\/ds:KeyInfo>/s, '')),
    logout('a fifth key', good, (xml) =>
      xml.replace(/<xenc:EncryptedKey>.*<\/xenc:EncryptedKey>/s, (one) =>
        one
          .replace(key, value(Buffer.alloc(256)))
          .repeat(4)
          .concat(one),
      ),
    ),
    logout('a changed key', good, (xml) => xml.replace(key, value(Buffer.alloc(256, 1)))),
    logout('a changed text', good, (xml) =>
      xml.replace(/(.*)<xenc:CipherValue>..../s, '$1<xenc:CipherValue>AAAA'),
    ),
    logout('a text of no length', good, (xml) => xml.replace(data, value(''))),
    logout('a text shorter than its tag', good, (xml) => xml.replace(data, value('AAAA'))),
    logout('a tag cut short', good, (xml) => xml.replace(data, value(sealed.subarray(0, -12)))),
    logout('a text to fetch', good, (xml) => xml.replace(data, container)),
    logout('a key to fetch', good, (xml) => xml.replace(key, container)),
    holding('something else than a name', `<saml:Issuer xmlns:saml="${saml}">x</saml:Issuer>`),
    holding('a comment in the name', nameIdXml('admin@x<!-- -->.evil')),
    holding('an entity in the name', `<!DOCTYPE a [<!ENTITY x "y">]>${nameIdXml('&x;')}`),
    holding('a byte order mark in the name', nameIdXml('&#xfeff;admin')),
    holding('a name that is not valid', nameIdXml('<a/>')),
    holding('no XML', 'alice'),
    holding(
      'a schema of its own',
      nameIdXml('a').replace(
        '<saml:NameID',
        `<saml:NameID ${xsi} xsi:schemaLocation="urn:x http://127.0.0.1:9/"`,
      ),
    ),
    {
      name: 'EncryptedID: in a subject that nobody signed',
      inbound: post(authnRequest({ content: `<saml:Subject>${good}</saml:Subject>` })),
      partner: { mustSign: false, decryptionKeys: [other.pem] },
      refusal: 'unsigned encrypted-id',
    },
  ];
}
