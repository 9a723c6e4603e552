import type { Token11Content } from '../../../../src/saml-core/token-11.js';

/** What Entra is sent of somebody. */
export function token11Content(changes: Partial<Token11Content> = {}): Token11Content {
  const now = changes.issueInstant ?? Date.UTC(2026, 10, 20, 10);
  return {
    issuer: 'https://idp.example/saml',
    audience: 'urn:federation:MicrosoftOnline',
    subject: {
      value: 'y7TujD6J60uo1eFddnNJ1g==',
      format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
    },
    issueInstant: now,
    authenticationInstant: now - 60_000,
    authenticationMethod: 'urn:oasis:names:tc:SAML:1.0:am:password',
    notBefore: now,
    notOnOrAfter: now + 3_600_000,
    attributes: [
      {
        name: 'UPN',
        namespace: 'http://schemas.xmlsoap.org/claims',
        values: ['alice@example.org'],
      },
      {
        name: 'ImmutableID',
        namespace: 'http://schemas.microsoft.com/LiveID/Federation/2008/05',
        values: ['y7TujD6J60uo1eFddnNJ1g=='],
      },
    ],
    ...changes,
  };
}
