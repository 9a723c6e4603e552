import type { KeyObject } from 'node:crypto';
import type { NameId } from './messages.js';

/** A key that signs, and the certificate partners know it by. EC keys sign with ECDSA-SHA256, RSA with RSA-SHA256. */
export interface SamlSigningKey {
  privateKey: KeyObject;
  /** PEM. */
  certificate: string;
  /**
   * What is hashed with; SHA-256 when absent. `sha1` (RSA only) is for partners that can do nothing better, and never
   * chosen without an operator's word.
   */
  hash?: 'sha1' | 'sha256';
}

export interface OutgoingAttribute {
  name: string;
  nameFormat: string | null;
  friendlyName: string | null;
  values: readonly string[];
}

/** One assertion of an authentication; times are milliseconds since the epoch. */
export interface AssertionContent {
  issuer: string;
  audience: string;
  subject: NameId;
  /** SubjectConfirmationData; `null` for an unsolicited response. */
  inResponseTo: string | null;
  recipient: string;
  issueInstant: number;
  authnInstant: number;
  /** Conditions and confirmation end. */
  notBefore: number;
  notOnOrAfter: number;
  sessionIndex: string;
  sessionNotOnOrAfter: number | null;
  authnContextClassRef: string;
  attributes: readonly OutgoingAttribute[];
}

export interface ResponseOptions {
  destination: string;
  inResponseTo: string | null;
  issueInstant: number;
  signAssertion: boolean;
  signResponse: boolean;
  /** PEM certificate to encrypt the assertion for (AES-256-GCM + RSA-OAEP); `null`: in the clear. */
  encryptFor: string | null;
}
