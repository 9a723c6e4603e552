import type { PublicUrl } from '../../config/public-url.js';
import { defaultIssuerId } from '../../issuers/issuers.js';
import { samlPaths } from '../../protocols/saml/entities/saml-paths.js';

export type FederationProtocol = 'saml' | 'wsFed';
export type MfaBehavior =
  'acceptIfMfaDoneByFederatedIdp' | 'enforceMfaByFederatedIdp' | 'rejectMfaByFederatedIdp';

/** One of our issuers, as far as a tenant has to know it. */
export interface OurIssuer {
  id: string;
  entityId: string;
  domains: readonly string[];
  /** PEM: what signs now, and what will sign after it, if that is published. */
  signing: string;
  next: { certificate: string; signsFrom: number } | null;
}

/** What a tenant should have for one of our domains; names as in Microsoft Graph. */
export interface OurFederation {
  domain: string;
  issuer: OurIssuer;
  displayName: string;
  issuerUri: string;
  passiveSignInUri: string;
  activeSignInUri: string;
  signOutUri: string;
  /** Addresses that are good for every domain, whichever issuer speaks for it. */
  forEveryDomain: { passiveSignInUri: string; signOutUri: string };
  metadataExchangeUri: string;
  preferredAuthenticationProtocol: FederationProtocol;
  federatedIdpMfaBehavior: MfaBehavior;
  promptLoginBehavior: 'nativeSupport';
  isSignedAuthenticationRequestRequired: boolean;
}

/**
 * By WS-Federation Entra was seen to ask for two factors, so it may be told to send people here for them. By SAML it was
 * not, so there Entra takes two factors that were used anyway and asks for its own otherwise.
 */
export const usualMfaBehavior: Readonly<Record<FederationProtocol, MfaBehavior>> = {
  wsFed: 'enforceMfaByFederatedIdp',
  saml: 'acceptIfMfaDoneByFederatedIdp',
};

export function ourFederation(
  domain: string,
  issuer: OurIssuer,
  choices: {
    publicUrl: PublicUrl;
    displayName: string;
    protocol: FederationProtocol;
    mfa?: MfaBehavior;
    /** Requests that are not signed are refused here; by WS-Federation there are no others. */
    signedRequests?: boolean;
  },
): OurFederation {
  const { publicUrl, protocol } = choices;
  const segment = issuer.id === defaultIssuerId ? '' : `/${issuer.id}`;
  const saml = samlPaths(issuer.id);
  const wsFed = `/wsfed${segment}`;
  const common = samlPaths(defaultIssuerId);
  return {
    domain,
    issuer,
    displayName: choices.displayName,
    issuerUri: issuer.entityId,
    passiveSignInUri: publicUrl.absolute(protocol === 'saml' ? saml.singleSignOn : wsFed),
    activeSignInUri: publicUrl.absolute(`${wsFed}/active`),
    signOutUri: publicUrl.absolute(protocol === 'saml' ? saml.singleLogout : wsFed),
    forEveryDomain: {
      passiveSignInUri: publicUrl.absolute(protocol === 'saml' ? common.singleSignOn : '/wsfed'),
      signOutUri: publicUrl.absolute(protocol === 'saml' ? common.singleLogout : '/wsfed'),
    },
    metadataExchangeUri: publicUrl.absolute(
      `/federationmetadata${segment}/2007-06/federationmetadata.xml`,
    ),
    preferredAuthenticationProtocol: protocol,
    federatedIdpMfaBehavior: choices.mfa ?? usualMfaBehavior[protocol],
    promptLoginBehavior: 'nativeSupport',
    isSignedAuthenticationRequestRequired: protocol === 'saml' && choices.signedRequests === true,
  };
}
