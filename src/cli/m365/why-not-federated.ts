import { isMicrosoftsOwn } from '../../relying-parties/microsoft-365/microsofts-own-domain.js';
import type { OurFederation } from './our-federation.js';
import { inheritsFrom } from './plan-text.js';

/** Why a tenant takes no federation of its own for a domain, and what to do instead; `null`: it does. */
export function whyNotFederated(ours: OurFederation): string | null {
  const { domain } = ours;
  if (isMicrosoftsOwn(domain)) {
    return `${domain} is Microsoft's: it cannot be federated. Name a domain of your own that is verified in the tenant.`;
  }
  const parent = inheritsFrom(ours);
  if (parent === null) return null;
  return `In Entra ${domain} inherits the federation of ${parent}, so nothing is set for it: use --domain ${parent}.
If it was verified there before ${parent} it inherits nothing, and needs an issuerUri of its own: give it an issuer under issuers: in drawbridge.yaml.`;
}
