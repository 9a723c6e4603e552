import type { FederatedDomain } from '../../entra-twin/tenant.js';
import { readCertificate } from './certificate.js';
import type { TenantSettings } from './federation-settings.js';
import type { OurFederation } from './our-federation.js';

/** A domain as its tenant has it; where its settings are not given, as it would have it after `m365 script federate`. */
export function federatedDomain(
  ours: OurFederation,
  theirs: TenantSettings | null,
): FederatedDomain {
  const certificates =
    theirs === null
      ? [ours.issuer.signing, ours.issuer.next?.certificate ?? null]
      : [theirs.signingCertificate, theirs.nextSigningCertificate];
  return {
    name: ours.domain,
    issuerUri: theirs?.issuerUri ?? ours.issuerUri,
    passiveSignInUri: theirs?.passiveSignInUri ?? ours.passiveSignInUri,
    protocol: ours.preferredAuthenticationProtocol,
    signingCertificates: certificates.flatMap((one) => readCertificate(one)?.base64 ?? []),
  };
}
