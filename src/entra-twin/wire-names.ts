/** Who Entra is, on the wire. */
export const entra = {
  audience: 'urn:federation:MicrosoftOnline',
  loginUrl: 'https://login.microsoftonline.com/login.srf',
  externalMfaReplies: [
    'https://login.microsoftonline.com/common/federation/externalauthprovider',
    'https://login.microsoftonline.us/common/federation/externalauthprovider',
    'https://login.partner.microsoftonline.cn/common/federation/externalauthprovider',
  ],
  multipleAuthentication: 'http://schemas.microsoft.com/claims/multipleauthn',
  passwordMethod: 'http://schemas.microsoft.com/ws/2008/06/identity/authenticationmethod/password',
} as const;

export const namespaces = {
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  assertion11: 'urn:oasis:names:tc:SAML:1.0:assertion',
  metadata: 'urn:oasis:names:tc:SAML:2.0:metadata',
  signature: 'http://www.w3.org/2000/09/xmldsig#',
  trust: 'http://schemas.xmlsoap.org/ws/2005/02/trust',
  policy: 'http://schemas.xmlsoap.org/ws/2004/09/policy',
  addressing: 'http://www.w3.org/2005/08/addressing',
  utility: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd',
} as const;

/** How far clocks may be apart: five minutes. */
export const clockSkewMs = 5 * 60_000;
