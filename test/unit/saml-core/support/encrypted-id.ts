import { saml } from './genuine.js';
import { xmlsecEncrypt } from './xmlsec.js';

const xenc = 'http://www.w3.org/2001/04/xmlenc#';
const xenc11 = 'http://www.w3.org/2009/xmlenc11#';
const dsig = 'http://www.w3.org/2000/09/xmldsig#';

export interface EncryptedIdOptions {
  cipher?: string;
  sessionKey?: string;
  transport?: string;
  digest?: string | null;
  /** The key beside the data, as OpenSAML may put it, instead of inside. */
  beside?: boolean;
}

export const nameIdXml = (value: string): string =>
  `<saml:NameID xmlns:saml="${saml}" Format="urn:f">${value}</saml:NameID>`;

/** An EncryptedID made by xmlsec1. */
export function encryptedId(
  content: string,
  certificate: string,
  options: EncryptedIdOptions = {},
): string {
  const digest =
    options.digest === undefined || options.digest === null
      ? ''
      : `<ds:DigestMethod Algorithm="${options.digest}"/>`;
  const template =
    `<xenc:EncryptedData xmlns:xenc="${xenc}" Type="${xenc}Element">` +
    `<xenc:EncryptionMethod Algorithm="${options.cipher ?? `${xenc11}aes256-gcm`}"/>` +
    `<ds:KeyInfo xmlns:ds="${dsig}"><xenc:EncryptedKey>` +
    `<xenc:EncryptionMethod Algorithm="${options.transport ?? `${xenc}rsa-oaep-mgf1p`}">${digest}</xenc:EncryptionMethod>` +
    '<xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo>' +
    '<xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedData>';
  const data = xmlsecEncrypt(template, content, certificate, options.sessionKey);
  if (options.beside !== true) return `<saml:EncryptedID>${data}</saml:EncryptedID>`;
  const key = /<xenc:EncryptedKey>.*<\/xenc:EncryptedKey>/s.exec(data)?.[0] ?? '';
  const inside = data.replace(key, '<ds:RetrievalMethod URI="#_k"/>');
  const beside = key.replace(
    '<xenc:EncryptedKey',
    `<xenc:EncryptedKey xmlns:xenc="${xenc}" Id="_k"`,
  );
  return `<saml:EncryptedID>${inside}${beside}</saml:EncryptedID>`;
}
