/** A federated domain as its tenant keeps it (`internalDomainFederation` of Microsoft Graph). */
export interface FederatedDomain {
  name: string;
  issuerUri: string;
  passiveSignInUri: string;
  protocol: 'saml' | 'wsFed';
  /** `signingCertificate` and `nextSigningCertificate`: base64 of their DER, without line ends. */
  signingCertificates: readonly string[];
}

/** Somebody in the tenant; `upn` in any case, `immutableId` is `onPremisesImmutableId`, `null` when it is not set. */
export interface TenantUser {
  upn: string;
  immutableId: string | null;
}

/** The people of a tenant, found as Entra finds them. */
export interface TenantUsers {
  byImmutableId(immutableId: string): TenantUser | null;
  byUpn(upn: string): TenantUser | null;
}

export function createTenantUsers(users: readonly TenantUser[]): TenantUsers {
  const byId = new Map(
    users.flatMap((user) => (user.immutableId === null ? [] : [[user.immutableId, user] as const])),
  );
  const byUpn = new Map(users.map((user) => [user.upn.toLowerCase(), user]));
  return {
    byImmutableId: (immutableId) => byId.get(immutableId) ?? null,
    byUpn: (upn) => byUpn.get(upn.toLowerCase()) ?? null,
  };
}

/** External MFA as a tenant has it set up. */
export interface ExternalMfaMethod {
  tenantId: string;
  /** Our client id in the provider. */
  clientId: string;
  /** The app registration, audience of the hints. */
  appId: string;
  discoveryUrl: string;
  /** Reply URLs of the app registration; `null`: not known. */
  replyUrls: readonly string[] | null;
  /** Whether an administrator consented to the app; `null`: not known. */
  consented: boolean | null;
}

/** What plays chance and time, given from outside so that tests decide. */
export interface Surroundings {
  now(): number;
  bytes(length: number): Buffer;
}

export const domainOf = (upn: string): string => upn.slice(upn.lastIndexOf('@') + 1).toLowerCase();
