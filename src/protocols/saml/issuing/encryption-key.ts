import type { SamlPartner } from '../partner.js';

export type EncryptionChoice =
  | { possible: true; certificate: string | null }
  /** It must be encrypted and there is no key to do it with: then it must not go at all. */
  | { possible: false };

/** The certificate an assertion is encrypted for; `null`: it goes in the clear. */
export function encryptionOf({
  settings,
  metadata,
}: Pick<SamlPartner, 'settings' | 'metadata'>): EncryptionChoice {
  const { encrypt_assertions: wanted } = settings;
  if (wanted === 'never' || (wanted === 'auto' && !metadata.encryptionExplicit)) {
    return { possible: true, certificate: null };
  }
  const [certificate] = metadata.encryptionCertificates;
  return certificate === undefined ? { possible: false } : { possible: true, certificate };
}
