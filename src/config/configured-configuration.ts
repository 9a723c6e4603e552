import { dirname, resolve } from 'node:path';
import { concealed } from './concealed.js';
import type { WrittenConfiguration } from './configuration-file.js';
import type { Configuration } from './configuration.js';
import { readAuthenticator } from './sections/authenticator-section.js';
import { readDatabase } from './sections/database-section.js';
import { readIssuers } from './sections/issuers-section.js';
import { readMail } from './sections/mail-section.js';
import { readPolicy } from './sections/policy-section.js';
import { readRedis } from './sections/redis-section.js';

/** Turns a checked file into the configuration. Relative paths count from the folder of the file. */
export function configuredConfiguration(
  written: WrittenConfiguration,
  where: { file: string; production: boolean; port: number | null },
): Configuration {
  const folder = dirname(where.file);
  return {
    ...sharedConfiguration(written, folder),
    mode: 'configured',
    production: where.production,
    file: where.file,
    dataFolder: folder,
    listen: { host: written.listen.host, port: where.port ?? written.listen.port },
  };
}

/** What a file says, whether it is on disk or made up for demo mode. */
export function sharedConfiguration(
  written: WrittenConfiguration,
  folder: string,
): Omit<Configuration, 'mode' | 'production' | 'file' | 'dataFolder'> {
  const { organisation, passwords, oidc, metrics } = written;
  return {
    publicUrl: written.public_url,
    listen: written.listen,
    trustedProxies: written.trusted_proxies,
    organisation: {
      name: organisation.name,
      supportContact: organisation.support_contact ?? null,
    },
    redis:
      written.redis === undefined ? null : concealed(readRedis(written.redis), ['url', 'password']),
    database: concealed(readDatabase(written.database, folder), ['url']),
    encryptionKeys: concealed(
      { current: written.encryption_key, previous: written.previous_encryption_keys },
      ['current', 'previous'],
    ),
    relyingPartyFiles: written.relying_parties.map((pattern) => resolve(folder, pattern)),
    issuers: readIssuers(written.issuers, written.public_url),
    profileDomains: [],
    session: written.session,
    policy: readPolicy(written.policy),
    passwords: {
      minLength: passwords.min_length,
      blocklistFile:
        passwords.blocklist_file === undefined ? null : resolve(folder, passwords.blocklist_file),
      memoryKiB: passwords.memory_kib,
      iterations: passwords.iterations,
      parallelism: passwords.parallelism,
      queueLength: passwords.queue_length,
    },
    lockout: written.lockout,
    mail: concealed(readMail(written.mail, folder), ['url']),
    adminMail: written.admin_mail ?? null,
    languages: written.languages,
    oidc: {
      accessTokenLifetime: oidc.access_token_lifetime,
      refreshTokenLifetime: oidc.refresh_token_lifetime,
      idTokenLifetime: oidc.id_token_lifetime,
      codeLifetime: oidc.code_lifetime,
      registration: oidc.registration,
      privateHosts: oidc.private_hosts,
      resources: oidc.resources,
    },
    authenticator: readAuthenticator(written.authenticator),
    helpDesk: { protectedGroups: written.help_desk.protected_groups },
    metrics: { enabled: metrics.enabled, allowFrom: metrics.allow_from },
  };
}
