import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A key with a certificate, both PEM, made by openssl. */
export interface MadeKey {
  privateKey: string;
  certificate: string;
}

export function makeKey(name: string): MadeKey {
  const folder = mkdtempSync(join(tmpdir(), 'entra-twin-key-'));
  try {
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3'],
        ...['-keyout', key, '-out', certificate, '-subj', `/CN=${name}`],
      ],
      { stdio: 'ignore' },
    );
    return {
      privateKey: readFileSync(key, 'utf8'),
      certificate: readFileSync(certificate, 'utf8'),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The base64 between the lines of a PEM. */
export const bare = (pem: string): string => pem.replaceAll(/-----[^-]+-----|\s/g, '');
