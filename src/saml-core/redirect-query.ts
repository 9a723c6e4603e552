import { inflateRawSync } from 'node:zlib';
import { strictBase64 } from './base64.js';
import { refuse } from './refusal.js';

/** A message of the Redirect binding (SAML 2.0 bindings, 3.4.4), and the bytes that its signature is over. */
export interface RedirectQuery {
  parameter: 'SAMLRequest' | 'SAMLResponse';
  /** As in the parameter, base64 and deflated. */
  message: string;
  relayState: string | null;
  signature: { algorithm: string; value: string; signedBytes: Buffer } | null;
}

const names = ['SAMLRequest', 'SAMLResponse', 'RelayState', 'SigAlg', 'Signature', 'SAMLEncoding'];

const deflate = 'urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE';

/**
 * Taken apart by hand: the signature covers the values as they were percent-encoded, and a name that stands there
 * twice, or in another spelling, could be one value to the verifier and another one to the reader.
 */
export function parseRedirectQuery(rawQuery: string): RedirectQuery {
  // No browser sends others. Node hands over bytes as they came, one character each: they would come back changed.
  if (!/^[!-~]*$/.test(rawQuery)) refuse('malformed', 'query-characters');
  const raw = new Map<string, string>();
  for (const pair of rawQuery.split('&')) {
    const equals = pair.indexOf('=');
    const rawName = equals === -1 ? pair : pair.slice(0, equals);
    const name = decode(rawName);
    if (!names.includes(name)) continue;
    if (rawName !== name) refuse('malformed', 'encoded-parameter-name');
    if (raw.has(name)) refuse('malformed', 'repeated-parameter');
    raw.set(name, equals === -1 ? '' : pair.slice(equals + 1));
  }
  const encoding = raw.get('SAMLEncoding');
  if (encoding !== undefined && decode(encoding) !== deflate) refuse('malformed', 'saml-encoding');
  const parameter = messageParameter(raw.has('SAMLRequest'), raw.has('SAMLResponse'));
  const relayState = raw.get('RelayState');
  return {
    parameter,
    message: decode(raw.get(parameter) ?? ''),
    relayState: relayState === undefined ? null : decode(relayState),
    signature: signatureOf(raw, parameter),
  };
}

/** Which of the two carries the message; exactly one may. */
export function messageParameter(
  request: boolean,
  response: boolean,
): 'SAMLRequest' | 'SAMLResponse' {
  if (request && response) refuse('malformed', 'request-and-response');
  if (!request && !response) refuse('malformed', 'no-message');
  return request ? 'SAMLRequest' : 'SAMLResponse';
}

function signatureOf(raw: Map<string, string>, parameter: string): RedirectQuery['signature'] {
  const value = raw.get('Signature');
  const algorithm = raw.get('SigAlg');
  if (value === undefined && algorithm === undefined) return null;
  if (value === undefined || algorithm === undefined) {
    return refuse('signature-structure', 'half-a-signature');
  }
  // The order is the specification's, whatever the order in the query.
  const signed = [parameter, 'RelayState', 'SigAlg']
    .filter((name) => raw.has(name))
    .map((name) => `${name}=${raw.get(name)}`)
    .join('&');
  return {
    algorithm: decode(algorithm),
    value: decode(value),
    signedBytes: Buffer.from(signed, 'utf8'),
  };
}

function decode(raw: string): string {
  try {
    return decodeURIComponent(raw.replaceAll('+', ' '));
  } catch {
    return refuse('malformed', 'percent-encoding');
  }
}

/** Inflates at most `limit` bytes; a bomb stops there. */
export function inflateMessage(base64: string, limit: number): Buffer {
  if (base64.length > limit) refuse('too-large', 'message');
  return inflated(strictBase64(base64), limit) ?? refuse('malformed', 'deflate');
}

/**
 * The message of a form. It should not be deflated there (SAML 2.0 bindings, 3.5.4), but node-saml does so unless it
 * is told not to; what the bytes are taken for changes nothing about what they have to pass.
 */
export function maybeDeflated(bytes: Buffer, limit: number): Buffer {
  return /^[\s<]/.test(bytes.toString('latin1', 0, 1)) ? bytes : (inflated(bytes, limit) ?? bytes);
}

function inflated(bytes: Buffer, limit: number): Buffer | null {
  try {
    return inflateRawSync(bytes, { maxOutputLength: limit });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      refuse('too-large', 'inflated');
    }
    return null;
  }
}
