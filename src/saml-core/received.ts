import type { ProtocolMessage } from './messages.js';
import type { Unsigned, Verified } from './verified.js';

/** What comes in by a binding, before anything is known about it. */
export type InboundMessage =
  | {
      binding: 'redirect';
      /** The query exactly as it stood in the request line, without `?`: the signature covers these bytes. */
      rawQuery: string;
    }
  | { binding: 'post'; fields: Readonly<Record<string, string>> };

/** What the caller knows about the sender, looked up by the issuer that the guard read. */
export interface Partner {
  entityId: string;
  /** PEM certificates from stored metadata that may sign; several during a rollover. */
  signingCertificates: readonly string[];
  /** Requests to sign in must be signed. */
  mustSign: boolean;
  /** Requests to log out need not be; all other messages about logout must (Microsoft only, weighed by the caller). */
  unsignedLogout?: boolean;
  /** SHA-1 signatures of requests are accepted (Microsoft only, audited by the caller). */
  allowSha1: boolean;
  /** Key to decrypt an EncryptedID with; PEM. */
  decryptionKeys?: readonly string[];
}

export interface ReceiveDeps {
  /** `null`: no such partner. */
  partnerOf: (issuer: string) => Partner | null;
  expected: readonly ProtocolMessage['type'][];
}

/** Reasons for refusing a message; exact inside, vague outside. */
export type SamlRefusal =
  | 'malformed'
  | 'too-large'
  | 'forbidden-construct'
  | 'schema-invalid'
  | 'unexpected-message'
  | 'unknown-issuer'
  | 'unsigned'
  | 'signature-structure'
  | 'signature-algorithm'
  | 'signature-invalid';

export type Received =
  | {
      ok: true;
      message: Verified<ProtocolMessage> | Unsigned<ProtocolMessage>;
      signed: boolean;
      /** Byte for byte as received; `null` when absent. */
      relayState: string | null;
      sha1: boolean;
    }
  | { ok: false; refusal: SamlRefusal; detail: string; issuer: string | null };

/** The only way from bytes to values. */
export type ReceiveMessage = (inbound: InboundMessage, deps: ReceiveDeps) => Promise<Received>;
