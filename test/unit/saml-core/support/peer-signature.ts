import { createSign, sign as signNow } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import type { TestKey } from './key-pairs.js';

const dsig = 'http://www.w3.org/2000/09/xmldsig#';
const more = 'http://www.w3.org/2001/04/xmldsig-more#';
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';

export interface PeerSignatureOptions {
  signature?: string;
  digest?: string;
  canonicalization?: string;
  transforms?: string[];
}

/** Signs like a service provider, with somebody else's code. The signature lands behind the issuer. */
export function peerSigned(xml: string, key: TestKey, options: PeerSignatureOptions = {}): string {
  const signer = new SignedXml({
    privateKey: key.pem,
    publicCert: key.certificate,
    signatureAlgorithm:
      options.signature ??
      (key.privateKey.asymmetricKeyType === 'ec' ? `${more}ecdsa-sha256` : `${more}rsa-sha256`),
    canonicalizationAlgorithm: options.canonicalization ?? exclusive,
  });
  const algorithms = signer.SignatureAlgorithms as unknown as Record<string, unknown>;
  algorithms[`${more}ecdsa-sha256`] = ecdsaSha256;
  signer.addReference({
    xpath: '/*',
    digestAlgorithm: options.digest ?? 'http://www.w3.org/2001/04/xmlenc#sha256',
    transforms: options.transforms ?? [`${dsig}enveloped-signature`, exclusive],
  });
  signer.computeSignature(xml, {
    prefix: 'ds',
    location: { reference: "/*/*[local-name()='Issuer']", action: 'after' },
  });
  return signer.getSignedXml();
}

function ecdsaSha256(this: unknown) {
  return {
    getAlgorithmName: () => `${more}ecdsa-sha256`,
    getSignature: (info: string, key: string) =>
      signNow('sha256', Buffer.from(info), { key, dsaEncoding: 'ieee-p1363' }).toString('base64'),
    verifySignature: () => false,
  };
}

/** The query of a Redirect message as service providers make it. */
export function peerQuery(
  parameter: string,
  deflated: string,
  key: TestKey | null,
  options: { relayState?: string; algorithm?: string; hash?: string } = {},
): string {
  const pairs = [`${parameter}=${encodeURIComponent(deflated)}`];
  if (options.relayState !== undefined) {
    pairs.push(`RelayState=${encodeURIComponent(options.relayState)}`);
  }
  if (key === null) return pairs.join('&');
  pairs.push(`SigAlg=${encodeURIComponent(options.algorithm ?? `${more}rsa-sha256`)}`);
  const signed = pairs.join('&');
  const signature = createSign(options.hash ?? 'sha256')
    .update(signed)
    .sign(key.pem, 'base64');
  return `${signed}&Signature=${encodeURIComponent(signature)}`;
}
