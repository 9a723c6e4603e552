/**
 * What each sealed column is bound to. One place, because whoever seals, opens or reseals a value must agree,
 * and because the row's id in it is what keeps a value from being moved to another row.
 */
export const sealingContext = {
  /** `otp_credentials.secret_sealed` */
  otpSecret: (credentialId: string): string => `otp_credentials:${credentialId}`,
  /** `profiles.oprf_key_sealed` */
  oprfKey: (profileId: string): string => `profiles:oprf:${profileId}`,
  /** `profiles.push_sealed` */
  pushSubscription: (profileId: string): string => `profiles:push:${profileId}`,
  /** `signing_keys.private_jwk_sealed` */
  signingKey: (kid: string): string => `signing_keys:${kid}`,
  /** `secrets.sealed` */
  secret: (name: string): string => `secrets:${name}`,
  /** `relying_parties.secret_sealed`: JSON of the secret settings of its section */
  relyingParty: (id: string): string => `relying-party:${id}`,
} as const;
