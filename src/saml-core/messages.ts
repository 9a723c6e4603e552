/** SAML 2.0 core, 3.4.1. Times are milliseconds since the epoch. */
export interface AuthnRequest {
  type: 'AuthnRequest';
  id: string;
  issuer: string;
  destination: string | null;
  issueInstant: number;
  acsUrl: string | null;
  acsIndex: number | null;
  protocolBinding: string | null;
  forceAuthn: boolean;
  isPassive: boolean;
  nameIdPolicy: {
    format: string | null;
    spNameQualifier: string | null;
    allowCreate: boolean;
  } | null;
  requestedAuthnContext: {
    comparison: 'exact' | 'minimum' | 'maximum' | 'better';
    classRefs: readonly string[];
  } | null;
  /** A Subject's NameID, when the partner names whom it means. */
  subject: NameId | null;
}

export interface NameId {
  value: string;
  format: string | null;
  nameQualifier: string | null;
  spNameQualifier: string | null;
}

/** SAML 2.0 core, 3.7.1. */
export interface LogoutRequest {
  type: 'LogoutRequest';
  id: string;
  issuer: string;
  destination: string | null;
  issueInstant: number;
  notOnOrAfter: number | null;
  nameId: NameId;
  sessionIndexes: readonly string[];
}

/** SAML 2.0 core, 3.7.2. */
export interface LogoutResponse {
  type: 'LogoutResponse';
  id: string;
  issuer: string;
  destination: string | null;
  issueInstant: number;
  inResponseTo: string | null;
  /** Top-level status code. */
  status: string;
  /** Second-level status code, for instance `…:PartialLogout`. */
  subStatus: string | null;
}

export type ProtocolMessage = AuthnRequest | LogoutRequest | LogoutResponse;
