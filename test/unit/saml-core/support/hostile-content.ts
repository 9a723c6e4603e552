import {
  authnRequest,
  deflated,
  logoutRequest,
  logoutResponse,
  post,
  redirect,
} from './genuine.js';
import type { HostileKeys, HostileMessage } from './hostile-message.js';
import { peerQuery, peerSigned } from './peer-signature.js';

const dsig = 'http://www.w3.org/2000/09/xmldsig#';
const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';

function subject(confirmation: string): string {
  return authnRequest({
    content: `<saml:Subject><saml:NameID>a</saml:NameID>${confirmation}</saml:Subject>`,
  });
}

const assertion =
  '<saml:Assertion Version="2.0" ID="_x" IssueInstant="2026-11-20T10:00:00Z"><saml:Issuer>i</saml:Issuer></saml:Assertion>';
const inBearer = (content: string) =>
  subject(
    `<saml:SubjectConfirmation Method="${bearer}"><saml:SubjectConfirmationData>${content}</saml:SubjectConfirmationData></saml:SubjectConfirmation>`,
  );
const inKeyInfo = (content: string) =>
  inBearer(`<ds:KeyInfo xmlns:ds="${dsig}">${content}</ds:KeyInfo>`);

const open = { mustSign: false };

function refused(name: string, xml: string, refusal: string): HostileMessage {
  return { name, inbound: post(xml), partner: open, refusal };
}

const encryptedId =
  '<saml:EncryptedID><xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"><xenc:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes256-gcm"/><xenc:CipherData><xenc:CipherValue>AAAA</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:EncryptedID>';

/** What a message says, or hides. */
export function hostileContent({ rsa }: HostileKeys): HostileMessage[] {
  return [
    refused('another protocol', '<a/>', 'unexpected-message a'),
    refused(
      'right name, wrong namespace',
      authnRequest().replaceAll('SAML:2.0:protocol', 'SAML:2.1:protocol'),
      'unexpected-message AuthnRequest',
    ),
    refused(
      'a Response',
      logoutResponse().replaceAll('LogoutResponse', 'Response'),
      'unexpected-message Response',
    ),
    {
      name: 'a logout request where none is expected',
      inbound: post(logoutRequest()),
      expected: ['AuthnRequest'],
      refusal: 'unexpected-message LogoutRequest',
    },
    {
      name: 'a request as SAMLResponse',
      inbound: post(authnRequest(), 'SAMLResponse'),
      refusal: 'unexpected-message wrong-parameter',
    },
    {
      name: 'a response as SAMLRequest',
      inbound: post(peerSigned(logoutResponse(), rsa)),
      refusal: 'unexpected-message wrong-parameter',
    },
    refused(
      'an unknown issuer',
      authnRequest({ issuer: 'https://other.example' }),
      'unknown-issuer issuer',
    ),
    {
      name: 'an issuer of another partner',
      inbound: post(authnRequest()),
      partner: { entityId: 'https://other.example' },
      refusal: 'unknown-issuer issuer',
    },
    refused(
      'no issuer',
      authnRequest().replace(/<saml:Issuer>.*<\/saml:Issuer>/, ''),
      'malformed no-issuer',
    ),
    refused(
      'an empty issuer',
      authnRequest().replace(/>https:[^<]*<\/saml:Issuer>/, '></saml:Issuer>'),
      'malformed issuer',
    ),
    refused('a long issuer', authnRequest({ issuer: 'x'.repeat(1025) }), 'malformed issuer'),
    refused(
      'an issuer of another format',
      authnRequest().replace(
        '<saml:Issuer>',
        '<saml:Issuer Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">',
      ),
      'malformed issuer-format',
    ),
    refused('version 1.1', authnRequest().replace('"2.0"', '"1.1"'), 'malformed version'),
    refused('no ID', authnRequest().replace(' ID="_genuine"', ''), 'schema-invalid'),
    refused('an ID with quotes', authnRequest({ id: '_a&quot;b' }), 'schema-invalid'),
    refused('an ID in white space', authnRequest({ id: ' _a' }), 'malformed id'),
    refused('a prefixed ID', authnRequest({ attributes: 'samlp:ID="_two"' }), 'schema-invalid'),
    refused('an ID of another name', authnRequest({ attributes: 'Id="_two"' }), 'schema-invalid'),
    refused('an xml:id', authnRequest({ attributes: 'xml:id="_two"' }), 'schema-invalid'),
    refused('an ID with a line end in it', authnRequest({ id: '_a&#10;b' }), 'schema-invalid'),
    refused('a long ID', authnRequest({ id: `_${'a'.repeat(256)}` }), 'too-large id'),
    refused(
      'an instant that is none',
      authnRequest().replace('2026-11-20T10', '2026-13-20T10'),
      'schema-invalid',
    ),
    refused(
      'an instant beyond dates',
      authnRequest().replace('2026-11', '20260-11'),
      'malformed instant',
    ),
    refused(
      'an instant beyond seconds',
      authnRequest().replace('10:00:00Z', '24:00:00-14:00Z'),
      'schema-invalid',
    ),
    refused('an unknown element', authnRequest({ content: '<samlp:Hello/>' }), 'schema-invalid'),
    refused(
      'an element in the wrong place',
      authnRequest({ content: '<saml:Issuer>x</saml:Issuer>' }),
      'schema-invalid',
    ),
    refused(
      'a type of its own',
      authnRequest({
        attributes:
          'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="samlp:AuthnRequestType"',
      }),
      'forbidden-construct xsi',
    ),
    refused(
      'a schema of its own',
      authnRequest({
        attributes:
          'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x http://127.0.0.1:9/x.xsd"',
      }),
      'forbidden-construct xsi',
    ),
    refused(
      'a second message in a subject',
      inBearer(authnRequest({ id: '_two' })),
      'forbidden-construct second-message',
    ),
    refused(
      'a query in a subject',
      inBearer('<samlp:AuthnQuery/>'),
      'forbidden-construct second-message',
    ),
    refused('an assertion in a subject', inBearer(assertion), 'forbidden-construct assertion'),
    refused(
      'an encrypted assertion',
      inBearer('<saml:EncryptedAssertion/>'),
      'forbidden-construct assertion',
    ),
    refused('advice in a subject', inBearer('<saml:Advice/>'), 'forbidden-construct assertion'),
    refused(
      'a key in Extensions',
      authnRequest({
        content: `<samlp:Extensions><ds:KeyName xmlns:ds="${dsig}">a</ds:KeyName></samlp:Extensions>`,
      }),
      'forbidden-construct extensions',
    ),
    refused(
      'something encrypted in Extensions',
      authnRequest({
        content:
          '<samlp:Extensions><xenc:EncryptedKey xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"/></samlp:Extensions>',
      }),
      'forbidden-construct extensions',
    ),
    refused(
      'an assertion in Extensions',
      authnRequest({
        content: `<samlp:Extensions><x:a xmlns:x="urn:x">${assertion}</x:a></samlp:Extensions>`,
      }),
      'forbidden-construct extensions',
    ),
    refused(
      'a NameID in Extensions',
      authnRequest({
        content:
          '<samlp:Extensions><x:a xmlns:x="urn:x"><saml:NameID>a</saml:NameID></x:a></samlp:Extensions>',
      }),
      'forbidden-construct extensions',
    ),
    refused(
      'a signature object elsewhere',
      inKeyInfo(`<ds:Object/>`),
      'forbidden-construct object',
    ),
    refused('a manifest', inKeyInfo(`<ds:Manifest/>`), 'forbidden-construct manifest'),
    refused(
      'a signature elsewhere',
      inKeyInfo('<ds:Signature/>'),
      'signature-structure misplaced-signature',
    ),
    refused(
      'the same ID twice',
      inBearer('<x:a xmlns:x="urn:x" ID="_genuine"/>'),
      'forbidden-construct duplicate-id',
    ),
    refused(
      'the same ID twice in another spelling',
      inBearer('<x:a xmlns:x="urn:x" x:Id=" _genuine"/>'),
      'forbidden-construct duplicate-id',
    ),
    refused(
      'the same xml:id',
      inBearer('<x:a xmlns:x="urn:x" xml:id="_genuine"/>'),
      'forbidden-construct duplicate-id',
    ),
    refused(
      'a confirmation by key',
      subject('<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"/>'),
      'forbidden-construct subject-confirmation',
    ),
    refused(
      'an unsigned encrypted subject',
      authnRequest({ content: `<saml:Subject>${encryptedId}</saml:Subject>` }),
      'unsigned encrypted-id',
    ),
    {
      name: 'an unsigned request of a partner who signs',
      inbound: post(authnRequest()),
      refusal: 'unsigned must-sign',
    },
    refused('an unsigned logout request', logoutRequest(), 'unsigned must-sign'),
    {
      name: 'an unsigned logout response',
      inbound: post(logoutResponse(), 'SAMLResponse'),
      partner: open,
      refusal: 'unsigned must-sign',
    },
    {
      name: 'an unsigned logout response of a partner who does not sign its logout requests',
      inbound: post(logoutResponse(), 'SAMLResponse'),
      partner: { ...open, unsignedLogout: true },
      refusal: 'unsigned must-sign',
    },
    {
      name: 'an unsigned logout request by Redirect',
      inbound: redirect(peerQuery('SAMLRequest', deflated(logoutRequest()), null)),
      partner: open,
      refusal: 'unsigned must-sign',
    },
    {
      name: 'somebody without a name',
      inbound: post(
        peerSigned(
          logoutRequest({
            content: '<saml:BaseID xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"/>',
          }),
          rsa,
        ),
      ),
      refusal: 'schema-invalid',
    },
  ];
}
