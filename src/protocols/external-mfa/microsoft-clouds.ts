/** The separate Entra services, each with its own accounts and keys. */
export type CloudName = 'global' | 'us-government' | 'china';

export const cloudNames = [
  'global',
  'us-government',
  'china',
] as const satisfies readonly CloudName[];

export interface MicrosoftCloud {
  /** The only address an answer is posted to. */
  redirectUri: string;
  /** `iss` of what the cloud issues for a tenant. */
  issuerOf: (tenant: string) => string;
  /** Where the cloud says which keys sign (OpenID Connect Discovery 1.0). */
  metadataUrl: string;
}

export type MicrosoftClouds = Readonly<Record<CloudName, MicrosoftCloud>>;

export const microsoftClouds: MicrosoftClouds = {
  global: cloudAt('login.microsoftonline.com'),
  'us-government': cloudAt('login.microsoftonline.us'),
  china: cloudAt('login.partner.microsoftonline.cn'),
};

/** The cloud whose redirect address this is, byte for byte. */
export function cloudOfRedirect(clouds: MicrosoftClouds, redirectUri: string): CloudName | null {
  return cloudNames.find((name) => clouds[name].redirectUri === redirectUri) ?? null;
}

function cloudAt(host: string): MicrosoftCloud {
  return {
    redirectUri: `https://${host}/common/federation/externalauthprovider`,
    issuerOf: (tenant) => `https://${host}/${tenant}/v2.0`,
    metadataUrl: `https://${host}/common/v2.0/.well-known/openid-configuration`,
  };
}
