import { deflateRawSync } from 'node:zlib';
import type { SamlSigningKey } from './outgoing.js';
import { signBytes, signatureUri } from './sign-bytes.js';

export type MessageParameter = 'SAMLRequest' | 'SAMLResponse';

/**
 * The URL that carries a message by the Redirect binding, signed over its query (SAML 2.0 bindings, 3.4.4.1).
 * `destination` may have a query of its own, which stays in front.
 */
export async function redirectUrl(
  destination: string,
  parameter: MessageParameter,
  xml: string,
  relayState: string | null,
  key: SamlSigningKey,
): Promise<string> {
  const pairs = [`${parameter}=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}`];
  if (relayState !== null) pairs.push(`RelayState=${encodeURIComponent(relayState)}`);
  pairs.push(`SigAlg=${encodeURIComponent(signatureUri(key))}`);
  const signed = pairs.join('&');
  const signature = (await signBytes(signed, key)).toString('base64');
  const separator = destination.includes('?') ? '&' : '?';
  return `${destination}${separator}${signed}&Signature=${encodeURIComponent(signature)}`;
}

/** Fields of the form that carries a message by the POST binding (SAML 2.0 bindings, 3.5.4). */
export function postFields(
  parameter: MessageParameter,
  xml: string,
  relayState: string | null,
): Record<string, string> {
  const message = { [parameter]: Buffer.from(xml, 'utf8').toString('base64') };
  return relayState === null ? message : { ...message, RelayState: relayState };
}
