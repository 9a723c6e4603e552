import type { SamlSettings } from './saml-settings.js';

/** Whether a service may be spoken to at the addresses of an issuer. Where domains decide, it is any of them. */
export function speaksWith(
  settings: Pick<SamlSettings, 'issuer' | 'issuer_by_domain'>,
  issuer: string,
): boolean {
  return settings.issuer_by_domain || settings.issuer === issuer;
}
