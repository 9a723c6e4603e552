import { base64WithBreaks } from './base64.js';
import { signatureAlgorithm } from './algorithms.js';
import { nameIdDecryption } from './encrypted-name-id.js';
import { verifyRootSignature } from './enveloped-signature.js';
import { guardMessage } from './guard.js';
import { loadLibxml } from './libxml.js';
import type { LoadedLibxml } from './libxml.js';
import { messageLimits, scanMarkup } from './markup-scan.js';
import type { ProtocolMessage } from './messages.js';
import { verifyWithAny } from './partner-keys.js';
import { readMessage } from './read-message.js';
import type { InboundMessage, Partner, ReceiveMessage, Received } from './received.js';
import {
  inflateMessage,
  maybeDeflated,
  messageParameter,
  parseRedirectQuery,
} from './redirect-query.js';
import type { RedirectQuery } from './redirect-query.js';
import { refuse, Refusal } from './refusal.js';
import type { Unsigned, Verified } from './verified.js';
import { readXml } from './xml-document.js';
import type { XmlDoc } from './xml-document.js';
import { xmlText } from './xml-text.js';
import type { XmlTree } from './xml-tree.js';

const longestRelayState = 4096;

/**
 * From bytes to values: guard, signature, and values of nothing but what was verified. What has to do with time, state
 * or policy (Destination, IssueInstant, IDs seen before, consumer URLs) is the caller's to check.
 */
export const receiveMessage: ReceiveMessage = async (inbound, deps) => {
  let issuer: string | null = null;
  try {
    const { parameter, bytes, relayState, detached } = opened(inbound);
    const text = xmlText(bytes);
    scanMarkup(text, messageLimits);
    const loaded = await loadLibxml();
    return readXml(loaded, text, (document): Received => {
      const guarded = guardMessage(document, deps.expected);
      issuer = guarded.issuer;
      if ((parameter === 'SAMLResponse') !== guarded.type.endsWith('Response')) {
        refuse('unexpected-message', 'wrong-parameter');
      }
      const partner = deps.partnerOf(issuer);
      if (partner?.entityId !== issuer) return refuse('unknown-issuer', 'issuer');
      if (inbound.binding === 'redirect' && guarded.signature) {
        refuse('signature-structure', 'signature-in-redirect');
      }
      const signed = guarded.signature || detached !== null;
      if (!signed && mustBeSigned(guarded.type, partner)) {
        refuse('unsigned', 'must-sign');
      }
      const proven = signed ? proof(loaded, document, detached, partner) : null;
      const message = readMessage(
        proven?.root ?? document.tree,
        nameIdDecryption(loaded, partner.decryptionKeys ?? [], signed),
      );
      if (message.type !== guarded.type || message.issuer !== issuer) {
        refuse('signature-invalid', 'other-message');
      }
      return {
        ok: true,
        message: proven ? verified(message) : unsigned(message),
        signed,
        relayState,
        sha1: proven?.sha1 ?? false,
      };
    });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { refusal, detail } = error as Refusal;
    return { ok: false, refusal, detail, issuer };
  }
};

function mustBeSigned(type: ProtocolMessage['type'], partner: Partner): boolean {
  if (type === 'AuthnRequest') return partner.mustSign;
  return type !== 'LogoutRequest' || partner.unsignedLogout !== true;
}

interface Opened {
  parameter: 'SAMLRequest' | 'SAMLResponse';
  bytes: Buffer;
  relayState: string | null;
  /** Signature of the Redirect binding, which stands beside the message. */
  detached: RedirectQuery['signature'];
}

function opened(inbound: InboundMessage): Opened {
  if (inbound.binding === 'redirect') {
    const query = parseRedirectQuery(inbound.rawQuery);
    return {
      parameter: query.parameter,
      relayState: boundedRelayState(query.relayState),
      bytes: inflateMessage(query.message, messageLimits.bytes),
      detached: query.signature,
    };
  }
  const { SAMLRequest: request, SAMLResponse: response, RelayState: relayState } = inbound.fields;
  const parameter = messageParameter(request !== undefined, response !== undefined);
  const encoded = request ?? response ?? '';
  // Base64 is a third longer, and lines may be broken.
  if (encoded.length > messageLimits.bytes * 1.5) refuse('too-large', 'encoded-message');
  const bytes = maybeDeflated(base64WithBreaks(encoded), messageLimits.bytes);
  if (bytes.length > messageLimits.bytes) refuse('too-large', 'message');
  return { parameter, bytes, relayState: boundedRelayState(relayState ?? null), detached: null };
}

function boundedRelayState(relayState: string | null): string | null {
  if (relayState !== null && Buffer.byteLength(relayState) > longestRelayState) {
    refuse('too-large', 'relay-state');
  }
  return relayState;
}

interface Proof {
  root: XmlTree;
  sha1: boolean;
}

function proof(
  loaded: LoadedLibxml,
  document: XmlDoc,
  detached: Opened['detached'],
  partner: Partner,
): Proof {
  if (detached !== null) {
    const algorithm = signatureAlgorithm(detached.algorithm, partner.allowSha1);
    const value = base64WithBreaks(detached.value);
    verifyWithAny(partner.signingCertificates, algorithm, detached.signedBytes, value);
    return { root: document.tree, sha1: algorithm.hash === 'sha1' };
  }
  const signed = verifyRootSignature(loaded, document, {
    certificates: partner.signingCertificates,
    allowSha1: partner.allowSha1,
  });
  const root = readXml(loaded, signed.canonical.toString('utf8'), ({ tree }) => tree);
  return { root, sha1: signed.sha1 };
}

/** The only two places where these types are made. */
function verified(message: ProtocolMessage): Verified<ProtocolMessage> {
  return message as Verified<ProtocolMessage>;
}

function unsigned(message: ProtocolMessage): Unsigned<ProtocolMessage> {
  return message as Unsigned<ProtocolMessage>;
}

/** Loads the parser and compiles the schemas ahead of the first message. */
export async function prepareToReceive(): Promise<void> {
  await loadLibxml();
}
