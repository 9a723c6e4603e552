import { z } from 'zod';
import type { PartnerMetadata } from '../../saml-core/metadata.js';
import { faultOfClaimType } from '../../sessions/authentication-claims.js';
import { faultOfMetadataUrl } from './partners/endpoint-faults.js';

const attribute = z.union([
  z.string(),
  z.strictObject({
    from: z.string().describe('Field of the person.'),
    name_format: z.enum(['basic', 'uri', 'unspecified']).default('basic'),
    friendly_name: z.string().optional(),
  }),
]);

/** The `saml:` section of a relying party. */
export const samlSettings = z
  .strictObject({
    metadata_file: z
      .string()
      .optional()
      .describe("The service's metadata; a path beside the file that names it."),
    metadata_url: z
      .string()
      .optional()
      .describe('Where the metadata is fetched instead, and fetched again before it goes stale.'),
    metadata_certificate_file: z
      .string()
      .optional()
      .describe('PEM of those who sign the metadata; without a valid signature it is refused.'),
    metadata_certificate: z
      .string()
      .optional()
      .describe('The same, as PEM text in place of the name of a file.'),
    entity_id: z
      .string()
      .min(1)
      .max(1024)
      .optional()
      .describe('Which entity of the metadata is meant; needed where it holds several.'),
    profile: z
      .literal('microsoft-365')
      .optional()
      .describe(
        'What is known of Entra ID and not in its requests. Written by profile: of a document.',
      ),
    issuer: z
      .string()
      .default('default')
      .describe('In the name of which of your issuers it is spoken to.'),
    issuer_by_domain: z
      .boolean()
      .default(false)
      .describe(
        "Instead, the issuer that speaks for the domain of a person's upn; nobody else is asserted.",
      ),
    domains: z
      .array(z.string())
      .optional()
      .describe('With issuer_by_domain: only people whose upn is in one of these.'),
    name_id: z
      .union([
        z.enum(['persistent', 'transient', 'email']),
        z.strictObject({
          format: z.enum(['persistent', 'email', 'unspecified']),
          from: z.string().describe('Field of the person that is sent as the identifier.'),
          qualified: z
            .boolean()
            .default(true)
            .describe('Whether a persistent one says who gave it, and to whom.'),
        }),
      ])
      .default('persistent')
      .describe('How the service knows people: persistent (its own, random), transient or email.'),
    attributes: z
      .record(z.string(), attribute)
      .default({})
      .describe('What else is told of people: name sent → field of the person. Nothing else is.'),
    sign: z
      .enum(['both', 'assertion', 'response'])
      .default('both')
      .describe('What is signed; assertions are signed too where the metadata wants it.'),
    signature: z
      .enum(['rsa-sha256', 'rsa-sha1'])
      .default('rsa-sha256')
      .describe('rsa-sha1 only for services that can do nothing better.'),
    encrypt_assertions: z
      .enum(['auto', 'always', 'never'])
      .default('auto')
      .describe('auto: where the metadata has a key that is for encryption.'),
    require_signed_requests: z
      .boolean()
      .optional()
      .describe('Default: what the metadata says (AuthnRequestsSigned).'),
    allow_idp_initiated: z
      .boolean()
      .default(true)
      .describe('Whether people may enter from our side, without a request of the service.'),
    default_relay_state: z
      .string()
      .max(80)
      .optional()
      .describe('Sent along when people enter from our side.'),
  })
  .superRefine((settings, context) => {
    const problem = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    for (const name of Object.keys(settings.attributes)) {
      const message = faultOfClaimType(name);
      if (message !== null)
        context.addIssue({ code: 'custom', path: ['attributes', name], message });
    }
    if (settings.metadata_file !== undefined && settings.metadata_url !== undefined) {
      problem('metadata_file', 'name a metadata_file or a metadata_url, not both');
    }
    if (
      settings.metadata_certificate_file !== undefined &&
      settings.metadata_certificate !== undefined
    ) {
      problem('metadata_certificate_file', 'name the file or write the certificate, not both');
    }
    const fault =
      settings.metadata_url === undefined ? null : faultOfMetadataUrl(settings.metadata_url);
    if (fault !== null) problem('metadata_url', fault);
  });

export type WrittenSamlSettings = z.infer<typeof samlSettings>;

/** With what the named files hold. */
export type SamlSettings = WrittenSamlSettings & {
  /** Of `metadata_file`; `null` where it is kept in the database (imported, or fetched). */
  metadata: PartnerMetadata | null;
};
