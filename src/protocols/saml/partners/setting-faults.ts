import { X509Certificate } from 'node:crypto';
import type { PartnerMetadata } from '../../../saml-core/metadata.js';
import type { WrittenSamlSettings } from '../saml-settings.js';
import type { Fault } from './fault.js';

/** What the operator wants and the service's metadata does not allow. */
export function settingFaults(
  settings: Pick<WrittenSamlSettings, 'require_signed_requests' | 'encrypt_assertions'>,
  metadata: PartnerMetadata,
): Fault[] {
  const faults: Fault[] = [];
  const signed = settings.require_signed_requests ?? metadata.authnRequestsSigned;
  if (signed && metadata.signingCertificates.length === 0) {
    faults.push({
      problem: 'names no key that requests could be signed with, although they must be signed',
      remedy: 'Give the service a signing key, or set require_signed_requests: false.',
    });
  }
  if (settings.encrypt_assertions === 'always' && !metadata.encryptionCertificates.some(isRsa)) {
    faults.push({
      problem: 'names no RSA key that assertions could be encrypted for',
      remedy: 'Give the service an RSA key for encryption, or set encrypt_assertions: auto.',
    });
  }
  return faults;
}

function isRsa(certificate: string): boolean {
  return new X509Certificate(certificate).publicKey.asymmetricKeyType === 'rsa';
}
