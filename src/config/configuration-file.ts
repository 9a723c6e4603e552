import { z } from 'zod';
import { networks, textList } from './fields.js';
import { authenticatorSection } from './sections/authenticator-section.js';
import { helpDeskSection } from './sections/help-desk-section.js';
import { databaseSection } from './sections/database-section.js';
import { encryptionKeyField, previousKeysField } from './sections/encryption-keys.js';
import { checkEntityIds, issuersSection } from './sections/issuers-section.js';
import { adminMailField, mailSection } from './sections/mail-section.js';
import { metricsSection, oidcSection } from './sections/oidc-section.js';
import { languagesSection, organisationSection } from './sections/organisation-section.js';
import { lockoutSection, passwordsSection } from './sections/passwords-section.js';
import { policySection } from './sections/policy-section.js';
import { redisSection } from './sections/redis-section.js';
import { listenSection, publicUrlField } from './sections/server-section.js';
import { sessionSection } from './sections/session-section.js';

const section = (description: string) => ({ description });

/** `drawbridge.yaml` as it is written; the tables of `docs/configuration.md` are made from it. */
export const configurationFile = z
  .object({
    public_url: publicUrlField,
    listen: listenSection.prefault({}).meta(section('Where the server listens.')),
    trusted_proxies: networks({
      description:
        'Proxies whose X-Forwarded-For names the client. Host and scheme come from public_url alone.',
      example: '[10.0.0.0/8]',
    }).prefault([]),
    organisation: organisationSection.prefault({}).meta(section('What people see of you.')),
    redis: redisSection
      .optional()
      .meta(
        section(
          'Where sign-ins, sessions and codes live. Left out: in the memory of the one server process.',
        ),
      ),
    database: databaseSection
      .prefault({})
      .meta(section('Where people, grants and the audit log live.')),
    encryption_key: encryptionKeyField,
    previous_encryption_keys: previousKeysField.prefault([]),
    relying_parties: textList({
      description: 'The files that describe relying parties; * stands for any part of a name.',
      format: 'path or list of paths',
      example: 'relying-parties/*.yaml',
      single: true,
    }).prefault([]),
    issuers: issuersSection.prefault([]).meta({
      description:
        'In whose names statements to SAML services are made. Left out: in one, that of public_url.',
    }),
    session: sessionSection.prefault({}).meta(section('The sign-on session.')),
    policy: policySection
      .prefault({})
      .meta(section('What a sign-in needs where the relying party does not say more.')),
    passwords: passwordsSection.prefault({}).meta(section('Passwords and their hashes.')),
    lockout: lockoutSection.prefault({}).meta(section('What happens after wrong attempts.')),
    mail: mailSection.prefault({}).meta(section('How mails leave.')),
    admin_mail: adminMailField.optional(),
    languages: languagesSection.prefault({}).meta(section('Languages of the pages.')),
    oidc: oidcSection.prefault({}).meta(section('OpenID Connect.')),
    authenticator: authenticatorSection
      .prefault({})
      .meta(section('The phone authenticator: approvals and codes.')),
    help_desk: helpDeskSection
      .prefault({})
      .meta(section('The API for programs of the help desk; see help-desk-api.md.')),
    metrics: metricsSection.prefault({}).meta(section('Figures for monitoring.')),
  })
  .superRefine(checkEntityIds);

export type WrittenConfiguration = z.output<typeof configurationFile>;
