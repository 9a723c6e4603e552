import { randomUUID } from 'node:crypto';
import { signXml, template } from './sign-xml.js';
import type { MadeKey } from './test-key.js';

/** What an answer is made from. */
export interface ModelAnswer {
  issuer: string;
  key: MadeKey;
  immutableId: string;
  upn: string;
  multiFactor: boolean;
  now: number;
}

const iso = (at: number) => new Date(at).toISOString();
const minute = 60_000;
const loginUrl = 'https://login.microsoftonline.com/login.srf';
const audience = 'urn:federation:MicrosoftOnline';
const multiple = 'http://schemas.microsoft.com/claims/multipleauthn';

export function modelResponse(answer: ModelAnswer, requestId: string): Promise<string> {
  const { issuer, key, immutableId, upn, multiFactor, now } = answer;
  const [responseId, id] = [`_${randomUUID()}`, `_${randomUUID()}`];
  const context = multiFactor
    ? multiple
    : 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport';
  return signXml(
    `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" Destination="${loginUrl}" ID="${responseId}" InResponseTo="${requestId}" IssueInstant="${iso(now)}" Version="2.0">` +
      `<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${issuer}</saml:Issuer>` +
      '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>' +
      `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}" IssueInstant="${iso(now)}" Version="2.0">` +
      `<saml:Issuer>${issuer}</saml:Issuer>${template(id, key)}` +
      `<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">${immutableId}</saml:NameID>` +
      '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">' +
      `<saml:SubjectConfirmationData InResponseTo="${requestId}" NotOnOrAfter="${iso(now + 5 * minute)}" Recipient="${loginUrl}"/></saml:SubjectConfirmation></saml:Subject>` +
      `<saml:Conditions NotBefore="${iso(now - minute)}" NotOnOrAfter="${iso(now + 60 * minute)}"><saml:AudienceRestriction><saml:Audience>${audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>` +
      `<saml:AuthnStatement AuthnInstant="${iso(now)}" SessionIndex="${id}"><saml:AuthnContext><saml:AuthnContextClassRef>${context}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>` +
      `<saml:AttributeStatement><saml:Attribute Name="IDPEmail"><saml:AttributeValue>${upn}</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>` +
      '</saml:Assertion></samlp:Response>',
    key,
  );
}

export function modelToken(answer: ModelAnswer): Promise<string> {
  const { issuer, key, immutableId, upn, multiFactor, now } = answer;
  const id = `_${randomUUID()}`;
  const wsu = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
  const subject =
    `<saml:Subject><saml:NameIdentifier Format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified">${immutableId}</saml:NameIdentifier>` +
    '<saml:SubjectConfirmation><saml:ConfirmationMethod>urn:oasis:names:tc:SAML:1.0:cm:bearer</saml:ConfirmationMethod></saml:SubjectConfirmation></saml:Subject>';
  const method = multiFactor ? multiple : 'urn:oasis:names:tc:SAML:1.0:am:password';
  return signXml(
    '<t:RequestSecurityTokenResponse xmlns:t="http://schemas.xmlsoap.org/ws/2005/02/trust">' +
      `<t:Lifetime><wsu:Created xmlns:wsu="${wsu}">${iso(now)}</wsu:Created><wsu:Expires xmlns:wsu="${wsu}">${iso(now + 60 * minute)}</wsu:Expires></t:Lifetime>` +
      '<wsp:AppliesTo xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"><wsa:EndpointReference xmlns:wsa="http://www.w3.org/2005/08/addressing">' +
      `<wsa:Address>${audience}</wsa:Address></wsa:EndpointReference></wsp:AppliesTo><t:RequestedSecurityToken>` +
      `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion" AssertionID="${id}" IssueInstant="${iso(now)}" Issuer="${issuer}" MajorVersion="1" MinorVersion="1">` +
      `<saml:Conditions NotBefore="${iso(now - minute)}" NotOnOrAfter="${iso(now + 60 * minute)}"><saml:AudienceRestrictionCondition><saml:Audience>${audience}</saml:Audience></saml:AudienceRestrictionCondition></saml:Conditions>` +
      `<saml:AttributeStatement>${subject}` +
      `<saml:Attribute AttributeName="UPN" AttributeNamespace="http://schemas.xmlsoap.org/claims"><saml:AttributeValue>${upn}</saml:AttributeValue></saml:Attribute>` +
      `<saml:Attribute AttributeName="ImmutableID" AttributeNamespace="http://schemas.microsoft.com/LiveID/Federation/2008/05"><saml:AttributeValue>${immutableId}</saml:AttributeValue></saml:Attribute>` +
      `</saml:AttributeStatement><saml:AuthenticationStatement AuthenticationInstant="${iso(now)}" AuthenticationMethod="${method}">${subject}</saml:AuthenticationStatement>` +
      `${template(id, key)}</saml:Assertion></t:RequestedSecurityToken>` +
      '<t:TokenType>urn:oasis:names:tc:SAML:1.0:assertion</t:TokenType><t:KeyType>http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey</t:KeyType>' +
      '</t:RequestSecurityTokenResponse>',
    key,
  );
}
