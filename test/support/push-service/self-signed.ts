import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A key and its certificate, as PEM. @param alternatives as openssl writes them: `DNS:…`, `IP:…` */
export function selfSigned({
  name,
  alternatives,
}: {
  name: string;
  alternatives: readonly string[];
}): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-push-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  try {
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
        ...['-subj', `/CN=${name}`, '-addext', `subjectAltName=${alternatives.join(',')}`],
        ...['-days', '2', '-keyout', key, '-out', cert],
      ],
      { stdio: 'ignore' },
    );
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
