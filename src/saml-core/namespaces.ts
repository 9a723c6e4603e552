/** Namespaces of SAML and WS-Federation, and of what they are made of. Names are compared by these, never by prefix. */
export const ns = {
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  metadata: 'urn:oasis:names:tc:SAML:2.0:metadata',
  signature: 'http://www.w3.org/2000/09/xmldsig#',
  encryption: 'http://www.w3.org/2001/04/xmlenc#',
  encryption11: 'http://www.w3.org/2009/xmlenc11#',
  exclusiveC14n: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  schemaInstance: 'http://www.w3.org/2001/XMLSchema-instance',
  assertion11: 'urn:oasis:names:tc:SAML:1.0:assertion',
  trust2005: 'http://schemas.xmlsoap.org/ws/2005/02/trust',
  wsUtility: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd',
  wsPolicy: 'http://schemas.xmlsoap.org/ws/2004/09/policy',
  wsAddressing: 'http://www.w3.org/2005/08/addressing',
  federation: 'http://docs.oasis-open.org/wsfed/federation/200706',
  authorization: 'http://docs.oasis-open.org/wsfed/authorization/200706',
} as const;

export const bindings = {
  redirect: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect',
  post: 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
} as const;
