import { z } from 'zod';
import { cloudNames } from './microsoft-clouds.js';

const guid = z
  .string()
  .regex(/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i, 'must be a GUID, as Entra shows it')
  .transform((written) => written.toLowerCase());

/** The `external_mfa:` section of a relying party. */
export const externalMfaSettings = z.strictObject({
  client_id: z
    .string()
    .min(1)
    .max(256)
    .describe('What the tenant calls us; written into the external method as Client ID.'),
  app_id: guid.describe('Application (client) ID of the app registration that stands for us.'),
  tenants: z.array(guid).min(1).describe('Tenant ids whose people are served; nobody else is.'),
  cloud: z
    .enum(cloudNames)
    .optional()
    .describe('Only this Microsoft cloud. Left out: the one whose address the answer goes to.'),
  enrolment: z
    .enum(['as-in-policy', 'by-administrator'])
    .default('as-in-policy')
    .describe(
      'Whether somebody without any second factor sets one up on the way, by the password of Entra alone: where `policy.enrolment` allows it at sign-in, or never.',
    ),
  object_id_attribute: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Attribute with a person's Entra object id. Who has theirs in it is known without a first full sign-in.",
    ),
});

export type ExternalMfaSettings = z.infer<typeof externalMfaSettings>;
