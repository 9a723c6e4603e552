import type { AadstsCode } from '../../entra-twin/aadsts-code.js';

export interface CodeExplanation {
  /** What Entra says, in a few words. */
  says: string;
  /** What it comes from in a federation with us. */
  cause: string;
  /** What to do, step by step. */
  fix: readonly string[];
}

/** What administrators meet, and what helps. */
export const codeExplanations: Readonly<Record<AadstsCode, CodeExplanation>> = {
  AADSTS20012: {
    says: 'WS-Federation message invalid',
    cause:
      'What is around the assertion is not as it has to be: something is encrypted, wctx or RelayState came back changed, or the answer is for another audience.',
    fix: [
      'Switch encryption off for this relying party: Entra gave nobody a key to encrypt for.',
      'See whether a proxy rewrites forms or drops parameters. wctx and RelayState have to come back byte for byte.',
    ],
  },
  AADSTS50008: {
    says: 'SAML assertion is missing or misconfigured',
    cause:
      'The assertion cannot be believed or used: not signed, changed after it was signed, expired, for another recipient or audience, or a part is missing.',
    fix: [
      'Look at the clock of the server: five minutes are forgiven, more are not.',
      'Have the answer explained: copy SAMLResponse or wresult from the browser and run npx drawbridge m365 doctor -',
    ],
  },
  AADSTS50012: {
    says: 'authentication failed: the signature of the external provider is not valid',
    cause:
      'The id_token of External MFA is signed with a key that Entra does not have, or the key has no x5c.',
    fix: [
      'Entra keeps keys for a day. Publish the next key two days before it signs: npx drawbridge keys rotate --purpose external-mfa',
      'After an emergency rotation wait a day, or have people use another method.',
    ],
  },
  AADSTS50020: {
    says: 'the user account of this identity provider does not exist in the tenant',
    cause: 'The UPN that was sent is not of a domain that this issuer speaks for in the tenant.',
    fix: [
      'Correct the UPN of the person here (npx drawbridge person show NAME), or the domains of the issuer.',
      'A guest of another tenant has to be invited there first.',
    ],
  },
  AADSTS50027: {
    says: 'invalid JWT token',
    cause:
      'A claim of the id_token of External MFA is not as asked: nonce, sub, issuer, audience or lifetime.',
    fix: [
      'The Discovery URL of the method has to be the issuer of ours plus /.well-known/openid-configuration, character by character; no port that is the usual one.',
      'The Client ID of the method has to be client_id of the relying party.',
      'Look at the clock of the server.',
    ],
  },
  AADSTS50034: {
    says: 'the user account does not exist in the directory',
    cause:
      'UPN and ImmutableID that were sent are not of one person in the tenant, or nobody has the UPN.',
    fix: [
      'Compare userPrincipalName in the tenant with the UPN here; after a marriage or a move one of them was left behind.',
      'People are not made by signing in: create them in the tenant first, with onPremisesImmutableId.',
    ],
  },
  AADSTS50107: {
    says: 'the requested federation realm object does not exist',
    cause:
      'The issuer of the answer is not issuerUri of the domain, byte for byte; or the change is not everywhere yet.',
    fix: [
      'Compare: npx drawbridge m365 doctor --settings settings.json --domain DOMAIN',
      'Every domain of a tenant needs an issuerUri of its own, so an issuer of its own here. A sub-domain inherits that of its parent.',
      'If it was changed just now, wait: it can take hours.',
    ],
  },
  AADSTS50161: {
    says: 'failed to validate the authorization URL of the external claims provider',
    cause: 'Our authorization_endpoint is not a reply URL of the app registration.',
    fix: [
      'Add it under Authentication → Redirect URIs (web): npx drawbridge m365 script external-mfa prints it.',
    ],
  },
  AADSTS51004: {
    says: 'the user account does not exist in the directory',
    cause: 'Nobody in the tenant has the ImmutableID that was sent, or somebody else has it.',
    fix: [
      'Compare onPremisesImmutableId in the tenant with what would be sent: npx drawbridge m365 rehearse --domain DOMAIN --tenant-users users.json',
      'objectGUID goes through base64 of its 16 bytes in little-endian order. Entra Connect may use ms-DS-ConsistencyGuid instead.',
      'For somebody of a federated domain it cannot be set in the tenant; make the domain managed for that, or correct it here.',
    ],
  },
  AADSTS70002: {
    says: 'error validating credentials',
    cause: 'The id_token of External MFA is not signed by RS256.',
    fix: ['Ours always is; something between the provider and Entra changed the answer.'],
  },
  AADSTS75011: {
    says: 'the way the user authenticated does not match what was requested',
    cause:
      'Two factors or a new sign-in were asked for and are not in the answer. Entra asks again, which looks like a loop.',
    fix: [
      'See which factors the person has and which the policy asks for: npx drawbridge policy explain RELYING_PARTY USERNAME',
      'multipleauthn is sent only if two different kinds of factor were used within the asked age; never make it constant.',
      'Set promptLoginBehavior to nativeSupport.',
    ],
  },
  AADSTS90019: {
    says: 'no tenant-identifying information found in the request',
    cause:
      'An answer to no request (a tile in a portal, a bookmark) was for an audience that names no tenant.',
    fix: [
      'Start at https://portal.office.com/?domain_hint=DOMAIN instead of sending people an answer they did not ask for.',
    ],
  },
  AADSTS90020: {
    says: 'the SAML 1.1 assertion is missing ImmutableID of the user',
    cause: 'By WS-Federation no attribute ImmutableID was sent, because the person has none here.',
    fix: [
      'Import the attribute that it is made from: npx drawbridge person import',
      'Check which attribute the profile names as immutable_id.',
    ],
  },
  AADSTS500132: {
    says: 'invalid SAML assertion: AuthenticatingAuthority',
    cause:
      'The assertion names a provider behind the provider. Ours never does; something else signs for the domain.',
    fix: [
      'Have the answer explained (npx drawbridge m365 doctor -) and look whose certificate and issuer it has.',
    ],
  },
  AADSTS900491: {
    says: 'the service principal of the external provider has no consent',
    cause: 'No administrator consented to the app registration of External MFA.',
    fix: [
      'Grant admin consent for openid and profile: step 4 of npx drawbridge m365 script external-mfa',
    ],
  },
  AADSTS5000811: {
    says: 'the signing key identifier does not match any valid registered key',
    cause:
      'We sign with a certificate that the tenant does not know: it was rolled here and not there.',
    fix: [
      'Right now: npx drawbridge m365 script roll-certificate --domain DOMAIN, and run its step 4 as the break-glass administrator.',
      'Next time publish the certificate with two weeks of lead and set nextSigningCertificate at once.',
    ],
  },
  AADSTS5000819: {
    says: 'the email address claim is missing or does not match the domain of the external realm',
    cause:
      'A guest of another tenant (direct federation) was sent without mail address, or with one of another domain.',
    fix: [
      'Send http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress to that tenant; it is a relying party of its own, with audience https://login.microsoftonline.com/TENANT-ID/',
      'The mail address has to be of the domain that the other tenant federated.',
    ],
  },
  AADSTS5001257: {
    says: "failed to validate the external id_token: 'amr' claim has an unexpected value",
    cause:
      'External MFA was answered with a method that is not on the list of Microsoft, or with several.',
    fix: [
      'Ours sends exactly one: otp for a code, swk or hwk for a push. Have the id_token explained: npx drawbridge m365 doctor -',
    ],
  },
  AADSTS5001258: {
    says: "failed to validate the external id_token: 'acr' claim has an unexpected value",
    cause:
      'After a password only possessionorinherence is taken, also where the documentation lists others.',
    fix: ['Ours sends that. Have the id_token explained: npx drawbridge m365 doctor -'],
  },
  AADSTS50012620: {
    says: "the external provider returned 'access_denied' or another error",
    cause:
      'The person has no second factor here, refused, or took longer than five minutes; or the account is not linked.',
    fix: [
      'Look for the sign-in: npx drawbridge audit show',
      'People without a device enrol on the way where policy.enrolment is at-sign-in.',
    ],
  },
};
