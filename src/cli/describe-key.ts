import { X509Certificate } from 'node:crypto';
import type { SigningKey } from '../keys/key-store.js';

/** One line about a key; of a certificate what partners compare, and when it ends. */
export function describeKey(key: SigningKey): string {
  const verb = key.purpose === 'saml-encryption' ? 'shown' : 'signs';
  const end = key.retireAt === null ? 'in use until replaced' : `gone ${time(key.retireAt)}`;
  const line = `${key.algorithm}  ${key.kid}  ${verb} from ${time(key.useFrom)}, ${end}`;
  if (key.certificate === null) return line;
  const certificate = new X509Certificate(key.certificate);
  const until = time(Date.parse(certificate.validTo));
  return `${line}\n       certificate until ${until}, SHA-256 ${certificate.fingerprint256}`;
}

const time = (at: number) => new Date(at).toISOString();
