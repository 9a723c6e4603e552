import { readCertificate } from './certificate.js';
import type { OurFederation } from './our-federation.js';

/**
 * All that is set in a tenant, by the names of Graph and in the order of its documentation. What the plan shows, the
 * comparison looks at and the script writes is this.
 */
export function federationBody(ours: OurFederation) {
  const next = readCertificate(ours.issuer.next?.certificate ?? null);
  return {
    displayName: ours.displayName,
    issuerUri: ours.issuerUri,
    metadataExchangeUri: ours.metadataExchangeUri,
    signingCertificate: readCertificate(ours.issuer.signing)?.base64 ?? '',
    ...(next === null ? {} : { nextSigningCertificate: next.base64 }),
    passiveSignInUri: ours.passiveSignInUri,
    activeSignInUri: ours.activeSignInUri,
    signOutUri: ours.signOutUri,
    preferredAuthenticationProtocol: ours.preferredAuthenticationProtocol,
    federatedIdpMfaBehavior: ours.federatedIdpMfaBehavior,
    promptLoginBehavior: ours.promptLoginBehavior,
    isSignedAuthenticationRequestRequired: ours.isSignedAuthenticationRequestRequired,
  };
}
