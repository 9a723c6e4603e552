import { z } from 'zod';
import type { PartnerMetadata } from '../../../saml-core/metadata.js';

const endpoint = { url: z.string(), binding: z.string() };

const stored: z.ZodType<PartnerMetadata> = z.object({
  entityId: z.string(),
  acs: z.array(z.object({ ...endpoint, index: z.number(), isDefault: z.boolean() })),
  slo: z.array(z.object({ ...endpoint, responseUrl: z.string().nullable() })),
  signingCertificates: z.array(z.string()),
  encryptionCertificates: z.array(z.string()),
  encryptionExplicit: z.boolean(),
  nameIdFormats: z.array(z.string()),
  authnRequestsSigned: z.boolean(),
  wantAssertionsSigned: z.boolean(),
  validUntil: z.number().nullable(),
});

/** What is kept of a document once it was accepted: the values in force, and nothing that would be parsed again. */
export const toStoredMetadata = (metadata: PartnerMetadata): string => JSON.stringify(metadata);

/** `null` when it is not what this version keeps. */
export function fromStoredMetadata(text: string): PartnerMetadata | null {
  try {
    const read = stored.safeParse(JSON.parse(text));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}
