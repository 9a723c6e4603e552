/** An attribute of SAML 1.1: a name, and the namespace it belongs to, which is a URI. */
export interface Attribute11 {
  name: string;
  namespace: string;
  values: readonly string[];
}

/** One SAML 1.1 assertion of an authentication; times are milliseconds since the epoch. */
export interface Token11Content {
  issuer: string;
  audience: string;
  subject: { value: string; format: string };
  issueInstant: number;
  /** When the person proved who they are. */
  authenticationInstant: number;
  /** URI of how they did. */
  authenticationMethod: string;
  notBefore: number;
  notOnOrAfter: number;
  attributes: readonly Attribute11[];
}
