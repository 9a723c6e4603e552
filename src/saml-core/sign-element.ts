import { createHash } from 'node:crypto';
import { element } from './canonical-element.js';
import { ns } from './namespaces.js';
import type { SamlSigningKey } from './outgoing.js';
import { digestUri, signBytes, signatureUri } from './sign-bytes.js';

/** An element in canonical form, cut where its signature belongs. */
export interface Signable {
  id: string;
  /** Up to and with the issuer, or the start tag where there is none. */
  head: string;
  tail: string;
}

const transforms = element(
  'ds:Transforms',
  null,
  {},
  element('ds:Transform', null, { Algorithm: `${ns.signature}enveloped-signature` }),
  element('ds:Transform', null, { Algorithm: ns.exclusiveC14n }),
);

/**
 * The element with its enveloped signature. Head and tail are canonical and stay as they are in a canonical document
 * around them, so that the digest is taken of the text itself and nothing has to be parsed.
 */
export async function signElement(
  { id, head, tail }: Signable,
  key: SamlSigningKey,
): Promise<string> {
  const digest = createHash(key.hash ?? 'sha256')
    .update(head)
    .update(tail)
    .digest('base64');
  const signedInfo =
    element('ds:CanonicalizationMethod', null, { Algorithm: ns.exclusiveC14n }) +
    element('ds:SignatureMethod', null, { Algorithm: signatureUri(key) }) +
    element(
      'ds:Reference',
      null,
      { URI: `#${id}` },
      transforms,
      element('ds:DigestMethod', null, { Algorithm: digestUri(key) }),
      element('ds:DigestValue', null, {}, digest),
    );
  // Alone it declares its namespace; inside the signature that has done so.
  const signature = await signBytes(element('ds:SignedInfo', ns.signature, {}, signedInfo), key);
  return (
    head +
    element(
      'ds:Signature',
      ns.signature,
      {},
      element('ds:SignedInfo', null, {}, signedInfo),
      element('ds:SignatureValue', null, {}, signature.toString('base64')),
      keyInfo(key.certificate, null),
    ) +
    tail
  );
}

/** `ds:KeyInfo` with the certificate. `declared`: the namespace, unless it is in use around it already. */
export function keyInfo(certificate: string, declared: string | null): string {
  return element(
    'ds:KeyInfo',
    declared,
    {},
    element(
      'ds:X509Data',
      null,
      {},
      element('ds:X509Certificate', null, {}, certificateBase64(certificate)),
    ),
  );
}

export function certificateBase64(pem: string): string {
  return pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');
}
