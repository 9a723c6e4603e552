import { X509Certificate } from 'node:crypto';

/** What a certificate says that matters to a federation. */
export interface CertificateFacts {
  /** base64 of the DER on one line, as Graph has it. */
  base64: string;
  fingerprint: string;
  /** Milliseconds since the epoch. */
  until: number;
}

/** Reads PEM or bare base64; `null` when it is no certificate. */
export function readCertificate(written: string | null): CertificateFacts | null {
  if (written === null || written.trim() === '') return null;
  try {
    const base64 = written.replaceAll(/-----[^-]+-----|\s/g, '');
    const certificate = new X509Certificate(Buffer.from(base64, 'base64'));
    return {
      base64: certificate.raw.toString('base64'),
      fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase().slice(0, 16),
      until: Date.parse(certificate.validTo),
    };
  } catch {
    return null;
  }
}

const day = 24 * 60 * 60_000;

/** In a few words: who it is and how long it lasts. */
export function describeCertificate(facts: CertificateFacts, now: number): string {
  const days = Math.floor((facts.until - now) / day);
  const end = new Date(facts.until).toISOString().slice(0, 10);
  const left = days < 0 ? 'has ended' : `${days} days left`;
  return `${facts.fingerprint}... until ${end} (${left})`;
}
