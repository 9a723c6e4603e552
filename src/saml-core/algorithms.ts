import { refuse } from './refusal.js';

export interface SignatureAlgorithm {
  hash: 'sha1' | 'sha256' | 'sha384' | 'sha512';
  keyType: 'rsa' | 'ec';
}

const more = 'http://www.w3.org/2001/04/xmldsig-more#';
const xmldsig = 'http://www.w3.org/2000/09/xmldsig#';
const xmlenc = 'http://www.w3.org/2001/04/xmlenc#';

export const signatureUris = {
  rsa: `${more}rsa-sha256`,
  ec: `${more}ecdsa-sha256`,
} as const;

export const sha256Uri = `${xmlenc}sha256`;

/** Only for partners that can do nothing better. */
export const sha1Uris = { signature: `${xmldsig}rsa-sha1`, digest: `${xmldsig}sha1` } as const;

/** What a partner may sign with. An allow-list: HMAC, DSA, MD5 and whatever comes up next are not in it. */
const signatures = new Map<string, SignatureAlgorithm>([
  [`${more}rsa-sha256`, { hash: 'sha256', keyType: 'rsa' }],
  [`${more}rsa-sha384`, { hash: 'sha384', keyType: 'rsa' }],
  [`${more}rsa-sha512`, { hash: 'sha512', keyType: 'rsa' }],
  [`${more}ecdsa-sha256`, { hash: 'sha256', keyType: 'ec' }],
  [`${more}ecdsa-sha384`, { hash: 'sha384', keyType: 'ec' }],
  [`${more}ecdsa-sha512`, { hash: 'sha512', keyType: 'ec' }],
  [`${xmldsig}rsa-sha1`, { hash: 'sha1', keyType: 'rsa' }],
]);

const digests = new Map<string, SignatureAlgorithm['hash']>([
  [sha256Uri, 'sha256'],
  [`${more}sha384`, 'sha384'],
  [`${xmlenc}sha512`, 'sha512'],
  [`${xmldsig}sha1`, 'sha1'],
]);

export function signatureAlgorithm(uri: string | null, allowSha1: boolean): SignatureAlgorithm {
  const found = signatures.get(uri ?? '');
  if (found === undefined) return refuse('signature-algorithm', 'signature-method');
  if (found.hash === 'sha1' && !allowSha1) refuse('signature-algorithm', 'signature-sha1');
  return found;
}

export function digestAlgorithm(
  uri: string | null,
  allowSha1: boolean,
): SignatureAlgorithm['hash'] {
  const found = digests.get(uri ?? '');
  if (found === undefined) return refuse('signature-algorithm', 'digest-method');
  if (found === 'sha1' && !allowSha1) refuse('signature-algorithm', 'digest-sha1');
  return found;
}
