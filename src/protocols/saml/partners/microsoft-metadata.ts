import { failure, success, type Result } from '../../../kernel/result.js';
import {
  MICROSOFT_CONSUMER,
  MICROSOFT_REALM,
} from '../../../relying-parties/microsoft-365/facts.js';
import type { PartnerMetadata } from '../../../saml-core/metadata.js';
import { bindings } from '../../../saml-core/namespaces.js';
import type { Fault } from './fault.js';
import { readPartner, type AcceptedMetadata, type MetadataDemands } from './read-partner.js';

/**
 * Entra ID as a service provider, known without asking: what its metadata has said since 2016. Only keys, which change,
 * are fetched; until then there are none, and requests that are signed have to wait.
 */
export const microsoftMetadata: PartnerMetadata = {
  entityId: MICROSOFT_REALM,
  acs: [{ url: MICROSOFT_CONSUMER, binding: bindings.post, index: 0, isDefault: true }],
  slo: [{ url: MICROSOFT_CONSUMER, binding: bindings.post, responseUrl: null }],
  signingCertificates: [],
  encryptionCertificates: [],
  encryptionExplicit: false,
  nameIdFormats: ['urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'],
  authnRequestsSigned: false,
  wantAssertionsSigned: true,
  validUntil: null,
};

/** What is known, with the keys that were fetched. Nothing else of a fetched document counts: no address, no date. */
export function withFetchedKeys(fetched: PartnerMetadata | null): PartnerMetadata {
  return fetched === null
    ? microsoftMetadata
    : { ...microsoftMetadata, signingCertificates: fetched.signingCertificates };
}

/**
 * Microsoft's document, whose own signature (by SHA-1, the one exception) must be that of a key it shows or one that was
 * in force. That says nothing of whose it is, which the https connection does, but tells of damage.
 */
export async function readMicrosoftMetadata(
  xml: Uint8Array,
  demands: MetadataDemands,
  inForce: readonly string[],
): Promise<Result<AcceptedMetadata, Fault[]>> {
  const shown = await readPartner(xml, { ...demands, pinned: null });
  if (!shown.ok) return shown;
  const pinned = [...inForce, ...shown.value.metadata.signingCertificates];
  if (pinned.length === 0) {
    return failure([{ problem: 'shows no key that signs', remedy: 'Open the URL and compare.' }]);
  }
  const verified = await readPartner(xml, { ...demands, pinned, allowSha1: true });
  if (!verified.ok) return verified;
  const metadata = withFetchedKeys(verified.value.metadata);
  return success({ ...verified.value, metadata });
}
