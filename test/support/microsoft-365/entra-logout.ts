import { randomBytes } from 'node:crypto';
import {
  keyIdentifier,
  signatureTemplate,
  signByXmlsec1,
} from '../../../src/entra-twin/saml-request.js';
import { deflated } from '../../unit/saml-core/support/genuine.js';
import { peerQuery } from '../../unit/saml-core/support/peer-signature.js';
import type { MadeKey } from '../entra-twin/test-key.js';

/** What a LogoutRequest of Entra says; what is left out is not in it. */
export interface EntraLogout {
  nameId: string;
  format?: string | null;
  sessionIndex?: string;
  destination?: string;
}

const persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';

/** Not recorded, so in the shape of its recorded requests to sign in: no certificate, SHA-1 where it is signed. */
export function entraLogoutXml(
  { nameId, format = persistent, sessionIndex, destination }: EntraLogout,
  id = `_${randomBytes(16).toString('hex')}`,
): string {
  const to = destination === undefined ? '' : ` Destination="${destination}"`;
  return (
    `<samlp:LogoutRequest ID="${id}" Version="2.0" IssueInstant="${new Date().toISOString()}"${to}` +
    ` xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">` +
    '<Issuer xmlns="urn:oasis:names:tc:SAML:2.0:assertion">urn:federation:MicrosoftOnline</Issuer>' +
    `<NameID${format === null ? '' : ` Format="${format}"`} xmlns="urn:oasis:names:tc:SAML:2.0:assertion">${nameId}</NameID>` +
    (sessionIndex === undefined ? '' : `<samlp:SessionIndex>${sessionIndex}</samlp:SessionIndex>`) +
    '</samlp:LogoutRequest>'
  );
}

/** By Redirect, which Microsoft's documentation names for the sign-out; with a key it is signed by SHA-1. */
export function logoutQuery(xml: string, relayState: string, key?: MadeKey): string {
  const signing = key === undefined ? null : { pem: key.privateKey, certificate: key.certificate };
  return peerQuery('SAMLRequest', deflated(xml), signing as never, {
    relayState,
    algorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
    hash: 'sha1',
  });
}

/** By POST, signed inside as the request to sign in of 2024: SHA-1, the key named by its identifier alone. */
export async function signedLogout(
  logout: EntraLogout & { destination: string },
  key: MadeKey,
): Promise<string> {
  const id = `_${randomBytes(16).toString('hex')}`;
  const template = entraLogoutXml(logout, id).replace(
    '</Issuer>',
    `</Issuer>${signatureTemplate(id, keyIdentifier(key.certificate))}`,
  );
  const element = 'urn:oasis:names:tc:SAML:2.0:protocol:LogoutRequest';
  return signByXmlsec1(template, key.privateKey, element);
}
