import { deflateRawSync } from 'node:zlib';
import type { InboundMessage } from '../../../../src/saml-core/received.js';

export const partnerId = 'https://sp.example/metadata';
export const samlp = 'urn:oasis:names:tc:SAML:2.0:protocol';
export const saml = 'urn:oasis:names:tc:SAML:2.0:assertion';

const namespaces = `xmlns:samlp="${samlp}" xmlns:saml="${saml}"`;
const common =
  'Version="2.0" IssueInstant="2026-11-20T10:00:00Z" Destination="https://idp.example/saml"';

export interface Parts {
  id?: string;
  issuer?: string;
  /** More attributes of the root. */
  attributes?: string;
  /** After the issuer. */
  content?: string;
}

export function authnRequest(parts: Parts = {}): string {
  return (
    `<samlp:AuthnRequest ${namespaces} ID="${parts.id ?? '_genuine'}" ${common} ` +
    `${parts.attributes ?? 'AssertionConsumerServiceURL="https://sp.example/acs"'}>` +
    `<saml:Issuer>${parts.issuer ?? partnerId}</saml:Issuer>${parts.content ?? ''}</samlp:AuthnRequest>`
  );
}

export function logoutRequest(parts: Parts & { nameId?: string } = {}): string {
  return (
    `<samlp:LogoutRequest ${namespaces} ID="${parts.id ?? '_genuine'}" ${common} ${parts.attributes ?? ''}>` +
    `<saml:Issuer>${parts.issuer ?? partnerId}</saml:Issuer>` +
    `${parts.content ?? `<saml:NameID>${parts.nameId ?? 'alice'}</saml:NameID><samlp:SessionIndex>s1</samlp:SessionIndex>`}` +
    '</samlp:LogoutRequest>'
  );
}

export function logoutResponse(parts: Parts = {}): string {
  return (
    `<samlp:LogoutResponse ${namespaces} ID="${parts.id ?? '_genuine'}" ${common} InResponseTo="_ours">` +
    `<saml:Issuer>${parts.issuer ?? partnerId}</saml:Issuer>` +
    `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder">` +
    `<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:PartialLogout"/></samlp:StatusCode></samlp:Status>` +
    '</samlp:LogoutResponse>'
  );
}

export function post(
  xml: string | Buffer,
  parameter: 'SAMLRequest' | 'SAMLResponse' = 'SAMLRequest',
  relayState?: string,
): InboundMessage {
  const message = Buffer.from(xml as string).toString('base64');
  return {
    binding: 'post',
    fields: {
      [parameter]: message,
      ...(relayState === undefined ? {} : { RelayState: relayState }),
    },
  };
}

export function deflated(xml: string | Buffer): string {
  return deflateRawSync(xml).toString('base64');
}

export function redirect(rawQuery: string): InboundMessage {
  return { binding: 'redirect', rawQuery };
}
