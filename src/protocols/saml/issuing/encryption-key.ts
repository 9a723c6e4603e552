import type { SamlPartner } from '../partner.js';

/**
 * The certificate an assertion is encrypted for; `null`: it goes in the clear. `impossible` where it must be encrypted
 * and there is no key to do it with: then it must not go at all.
 */
export function encryptionKeyOf({
  settings,
  metadata,
}: Pick<SamlPartner, 'settings' | 'metadata'>): string | null | 'impossible' {
  const { encrypt_assertions: wanted } = settings;
  if (wanted === 'never' || (wanted === 'auto' && !metadata.encryptionExplicit)) return null;
  return metadata.encryptionCertificates[0] ?? 'impossible';
}
