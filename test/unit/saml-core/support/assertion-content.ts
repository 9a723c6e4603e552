import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { AssertionContent, ResponseOptions } from '../../../../src/saml-core/outgoing.js';

export const random = { bytes: (length: number) => randomBytes(length) };

export const protocolSchema = fileURLToPath(
  new URL(
    '../../../../node_modules/@authenio/samlify-xmllint-wasm/schemas/saml-schema-protocol-2.0.xsd',
    import.meta.url,
  ),
);

export const assertionSchema = protocolSchema.replace('-protocol-', '-assertion-');

export function assertionContent(changes: Partial<AssertionContent> = {}): AssertionContent {
  const now = changes.issueInstant ?? Date.UTC(2026, 10, 20, 10);
  return {
    issuer: 'https://idp.example/saml',
    audience: 'https://sp.example/metadata',
    subject: {
      value: 'alice',
      format: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
      nameQualifier: 'https://idp.example/saml',
      spNameQualifier: 'https://sp.example/metadata',
    },
    inResponseTo: '_request',
    recipient: 'https://sp.example/acs',
    issueInstant: now,
    authnInstant: now - 60_000,
    notBefore: now - 30_000,
    notOnOrAfter: now + 300_000,
    sessionIndex: '_session',
    sessionNotOnOrAfter: now + 3_600_000,
    authnContextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
    attributes: [
      {
        name: 'urn:oid:0.9.2342.19200300.100.1.3',
        nameFormat: 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
        friendlyName: 'mail',
        values: ['alice@example.org'],
      },
      { name: 'groups', nameFormat: null, friendlyName: null, values: ['a,b', 'c'] },
      { name: 'none', nameFormat: null, friendlyName: null, values: [] },
    ],
    ...changes,
  };
}

export function responseOptions(changes: Partial<ResponseOptions> = {}): ResponseOptions {
  return {
    destination: 'https://sp.example/acs?a=1&b=2',
    inResponseTo: '_request',
    issueInstant: Date.UTC(2026, 10, 20, 10),
    signAssertion: true,
    signResponse: false,
    encryptFor: null,
    ...changes,
  };
}
