import { createHash, X509Certificate } from 'node:crypto';

const block = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** The certificates of a PEM text; `null` when there is none, or one of them is broken. */
export function certificatesIn(pem: string): string[] | null {
  const blocks = pem.match(block) ?? [];
  try {
    const certificates = blocks.map((one) => new X509Certificate(one).toString());
    return certificates.length === 0 ? null : certificates;
  } catch {
    return null;
  }
}

/** Tells one set of pinned certificates from another; `null` for none. */
export function pinOf(pem: string | undefined): string | null {
  const certificates = pem === undefined ? null : certificatesIn(pem);
  if (certificates === null) return null;
  return createHash('sha256').update(certificates.toSorted().join('')).digest('base64url');
}
