import type { PublicUrl } from './public-url.js';

/**
 * Everything an operator can decide, validated, with defaults filled in. Durations are milliseconds, paths are
 * absolute. Objects that hold a secret leave it out when printed or turned into JSON.
 */
export interface Configuration {
  /** `demo` only when no configuration file is named; then demo people and services exist. */
  mode: 'demo' | 'configured';
  /** `NODE_ENV` is `production`. */
  production: boolean;
  /** The configuration file; `null` in demo mode. */
  file: string | null;
  /** Where files of ours are kept: `./.drawbridge` in demo mode, else the folder of the configuration file. */
  dataFolder: string;
  publicUrl: PublicUrl;
  listen: { host: string; port: number };
  /** CIDR blocks whose `X-Forwarded-For` is believed. */
  trustedProxies: readonly string[];
  organisation: OrganisationConfiguration;
  /** `null`: short-lived state stays in this process. */
  redis: RedisConfiguration | null;
  database: DatabaseConfiguration;
  encryptionKeys: EncryptionKeys;
  /** Absolute paths in which `*` stands for any part of a name. */
  relyingPartyFiles: readonly string[];
  /** The default one first. */
  issuers: readonly IssuerConfiguration[];
  /** Domains that relying parties with a profile name: each gets an issuer where none is configured (`issuersOf`). */
  profileDomains: readonly string[];
  session: SessionConfiguration;
  policy: PolicyConfiguration;
  passwords: PasswordConfiguration;
  lockout: LockoutConfiguration;
  mail: MailConfiguration;
  /** Where alarms are sent. */
  adminMail: string | null;
  languages: { default: 'en' | 'sv' };
  oidc: OidcConfiguration;
  authenticator: AuthenticatorConfiguration;
  helpDesk: HelpDeskConfiguration;
  metrics: MetricsConfiguration;
}

export interface OrganisationConfiguration {
  /** Shown on every page. */
  name: string;
  /** Mail address, phone number or URL shown where a person needs help. */
  supportContact: string | null;
}

export type RedisConfiguration =
  | { url: string }
  | { sentinels: { host: string; port: number }[]; name: string; password?: string };

export type DatabaseConfiguration =
  { file: string } | { url: string; /** Kept by each connection. */ preparedStatements?: boolean };

/** 32 bytes each. New values are sealed under `current`; all are tried when opening. */
export interface EncryptionKeys {
  current: Buffer;
  previous: Buffer[];
}

/** In whose name statements are made. */
export interface IssuerConfiguration {
  /** `default` is the one at the root. */
  id: string;
  /** SAML entityID; of the default issuer also the OIDC issuer. */
  entityId: string;
  /** Mail domains whose people it speaks for, lower case; each is named by one issuer only. */
  domains: readonly string[];
}

export interface SessionConfiguration {
  idle: number;
  absolute: number;
}

export interface PolicyConfiguration {
  /** What holds for a relying party that says nothing itself. */
  factors: 1 | 2;
  maxAge: number | null;
  rules: PolicyRule[];
  /** Who may set up a first second factor. */
  enrolment: 'at-sign-in' | 'by-administrator';
}

/** An organisation-wide rule; the first that matches decides, after the relying party's own policy. */
export interface PolicyRule {
  name: string;
  when: {
    relyingParties: readonly string[] | null;
    groups: readonly string[] | null;
    /** CIDR blocks the client address must (not) be in. */
    networks: readonly string[] | null;
    outsideNetworks: readonly string[] | null;
  };
  then: { deny: true } | { factors: 1 | 2; maxAge: number | null };
}

/** The argon2id parameters apply to new hashes; others are upgraded at the next sign-in. */
export interface PasswordConfiguration {
  minLength: number;
  blocklistFile: string | null;
  memoryKiB: number;
  iterations: number;
  parallelism: number;
  /** Hashes that may wait for a free core; beyond that the answer is 503. */
  queueLength: number;
}

export interface LockoutConfiguration {
  attempts: number;
  window: number;
  duration: number;
}

export type MailConfiguration =
  { kind: 'smtp'; url: string; from: string } | { kind: 'folder'; folder: string };

export interface OidcConfiguration {
  accessTokenLifetime: number;
  refreshTokenLifetime: number;
  idTokenLifetime: number;
  codeLifetime: number;
  /** Whether services may register themselves, with a token that an administrator made. */
  registration: 'off' | 'token';
  /** Host names on private addresses that may be called (back-channel logout, `jwks_uri`). */
  privateHosts: readonly string[];
  /** Resources that any relying party may ask for tokens for. */
  resources: readonly OidcResource[];
}

/** A resource that tokens can be asked for (RFC 8707). */
export interface OidcResource {
  identifier: string;
  scopes: readonly string[];
  format: 'opaque' | 'jwt';
}

export interface AuthenticatorConfiguration {
  requestLifetime: number;
  numberDigits: number;
  offlineCodes: boolean;
  /** What ends with a phone that is taken out of use. */
  revocationEnds: 'sessions-of-phone' | 'all-sessions' | 'nothing';
  /** Of a code from an administrator. */
  activationLifetime: number;
  /** Host names; `*.` for any name below. */
  pushServices: readonly string[];
  places: readonly { name: string; networks: readonly string[] }[];
}

export interface MetricsConfiguration {
  enabled: boolean;
  /** CIDR blocks that may read `/metrics`; empty: everybody. */
  allowFrom: readonly string[];
}

export interface HelpDeskConfiguration {
  /** Groups whose people its API changes nothing of. */
  protectedGroups: readonly string[];
}
