import { defaultIssuerId } from '../../issuers/issuers.js';
import type { SamlSettings } from './saml-settings.js';

/** Whether a service may be spoken to at the addresses of an issuer. Where domains decide, it is any of them. */
export function speaksWith(
  settings: Pick<SamlSettings, 'issuer' | 'issuer_by_domain'>,
  issuer: string,
): boolean {
  return settings.issuer_by_domain || settings.issuer === issuer;
}

/** The default issuer's addresses are for everybody, those of another one for its own people. */
export function servesPeopleOf(address: string, speaking: string): boolean {
  return address === defaultIssuerId || address === speaking;
}
