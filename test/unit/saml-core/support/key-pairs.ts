import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SamlSigningKey } from '../../../../src/saml-core/outgoing.js';

export interface TestKey extends SamlSigningKey {
  /** PEM, PKCS#8. */
  pem: string;
}

/** A fresh key with a self-signed certificate, made by openssl. */
export function testKey(
  kind: 'rsa:2048' | 'rsa:1024' | 'ec' | 'ec:secp256k1' = 'rsa:2048',
  name = 'test',
): TestKey {
  const folder = mkdtempSync(join(tmpdir(), 'saml-key-'));
  try {
    const key = join(folder, 'key.pem');
    const certificate = join(folder, 'certificate.pem');
    const algorithm =
      kind === 'ec' || kind === 'ec:secp256k1'
        ? ['-newkey', 'ec', '-pkeyopt', `ec_paramgen_curve:${kind.split(':')[1] ?? 'prime256v1'}`]
        : ['-newkey', kind];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-nodes',
        '-sha256',
        '-days',
        '30',
        '-subj',
        `/CN=${name}`,
        ...algorithm,
      ].concat(['-keyout', key, '-out', certificate]),
      { stdio: 'ignore' },
    );
    const pem = readFileSync(key, 'utf8');
    return {
      pem,
      privateKey: createPrivateKey(pem),
      certificate: readFileSync(certificate, 'utf8'),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
