/** What is the same for everybody who federates a domain with Entra ID (Microsoft 365). */

/** Entity id (SAML) and realm (WS-Federation) of Entra ID. */
export const MICROSOFT_REALM = 'urn:federation:MicrosoftOnline';

/** The only address that answers are posted to, by either protocol. */
export const MICROSOFT_CONSUMER = 'https://login.microsoftonline.com/login.srf';

/** Where Microsoft shows the keys that its signed requests can be verified with. */
export const MICROSOFT_METADATA_URL =
  'https://nexus.microsoftonline-p.com/federationmetadata/saml20/federationmetadata.xml';

/** Claim types that Entra reads in a SAML 1.1 token. */
export const UPN_CLAIM = 'http://schemas.xmlsoap.org/claims/UPN';
export const IMMUTABLE_ID_CLAIM =
  'http://schemas.microsoft.com/LiveID/Federation/2008/05/ImmutableID';

/** The attribute that Entra reads in a SAML 2.0 assertion. */
export const UPN_ATTRIBUTE = 'IDPEmail';

/** As written after `profile:`. */
export const MICROSOFT_365_PROFILE = 'microsoft-365';
