import { createHash } from 'node:crypto';
import { digestAlgorithm, signatureAlgorithm } from './algorithms.js';
import { base64WithBreaks } from './base64.js';
import type { LoadedLibxml } from './libxml.js';
import { verifyWithAny } from './partner-keys.js';
import { refuse } from './refusal.js';
import { onlyChild, readSignedInfo } from './signed-info.js';
import { readXml } from './xml-document.js';
import type { XmlDoc } from './xml-document.js';
import { attributeOf, textOf } from './xml-tree.js';

export interface TrustedKeys {
  /** PEM, from stored metadata. What a message says about its key is never read. */
  certificates: readonly string[];
  allowSha1: boolean;
}

export interface SignedRoot {
  /** The canonical bytes that the digest was taken over: the only thing the signature says anything about. */
  canonical: Buffer;
  sha1: boolean;
}

/**
 * Verifies the signature on the root of a document (SAML 2.0 core, 5.4) and answers the bytes that it covers. The
 * `SignedInfo` that counts is read from its own canonical bytes, after their signature was verified.
 */
export function verifyRootSignature(
  loaded: LoadedLibxml,
  document: XmlDoc,
  { certificates, allowSha1 }: TrustedKeys,
): SignedRoot {
  const signature = onlyChild(document.tree, 'Signature');
  const announced = readSignedInfo(onlyChild(signature, 'SignedInfo'));
  const value = base64WithBreaks(textOf(onlyChild(signature, 'SignatureValue')));

  const signedBytes = document.canonicalSignedInfo(announced.prefixes);
  const signedInfo = readXml(loaded, signedBytes.toString('utf8'), ({ tree }) =>
    readSignedInfo(tree),
  );
  const algorithm = signatureAlgorithm(signedInfo.signatureMethod, allowSha1);
  const hash = digestAlgorithm(signedInfo.digestMethod, allowSha1);
  const id = attributeOf(document.tree, 'ID') ?? '';
  if (id === '' || signedInfo.reference !== `#${id}`) refuse('signature-structure', 'reference');
  verifyWithAny(certificates, algorithm, signedBytes, value);

  const canonical = document.canonicalWithoutSignature(signedInfo.referencePrefixes);
  if (!createHash(hash).update(canonical).digest().equals(signedInfo.digest)) {
    refuse('signature-invalid', 'digest');
  }
  return { canonical, sha1: algorithm.hash === 'sha1' || hash === 'sha1' };
}
