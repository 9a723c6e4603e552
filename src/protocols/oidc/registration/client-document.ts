import type { z } from 'zod';
import { documentSchema } from '../../../relying-parties/relying-party-document.js';
import { leadsToPrivateAddress } from '../../../web/private-address.js';
import { oidcSettings, type OidcSettings } from '../client-settings.js';
import { nameOf, sectionOf, type MetadataRequest } from './client-metadata-request.js';
import { RegistrationRefused } from './registration-refused.js';

/** A registered client: its document as a file would say it, and what the protocol makes of it. */
export interface ClientDocument {
  document: Readonly<Record<string, unknown>>;
  name: string;
  /** With defaults and secret. */
  settings: OidcSettings;
}

/**
 * Makes a relying party of what a service says of itself, by the schema of files. It is always a third party.
 * @param identity.secretOf the secret it is known by, asked for only where its method needs one
 * @throws RegistrationRefused
 */
export async function clientDocument(
  request: MetadataRequest,
  identity: { id: string; secretOf: () => string },
  privateHosts: readonly string[],
): Promise<ClientDocument> {
  const { id } = identity;
  const name = nameOf(request);
  const section: Record<string, unknown> = { client_id: id, ...sectionOf(request) };
  const needsSecret = String(section['token_endpoint_auth_method']).startsWith('client_secret');
  const secret = needsSecret ? { client_secret: identity.secretOf() } : {};
  const document = { id, name, protocol: 'oidc', third_party: true, oidc: section };
  const read = schema.safeParse({ ...document, oidc: { ...section, ...secret } });
  if (!read.success) throw refusalOf(read.error.issues);
  const settings = (read.data as unknown as { oidc: OidcSettings }).oidc;
  await refusePrivateAddresses(request, privateHosts);
  return { document, name, settings };
}

/** What a stored document says now, with its secret put back. */
export function storedClient(
  document: Readonly<Record<string, unknown>>,
  secret: string | null,
): ClientDocument {
  const section = document['oidc'] as Record<string, unknown>;
  const settings = oidcSettings.parse({
    ...section,
    ...(secret === null ? {} : { client_secret: secret }),
  });
  return { document, name: String(document['name']), settings };
}

const schema = documentSchema({
  protocol: 'oidc',
  key: 'oidc',
  schema: oidcSettings,
  asksConsent: true,
});

/** The messages of the schema name rules, not values. */
function refusalOf(issues: readonly z.core.$ZodIssue[]): RegistrationRefused {
  const told = issues.map(({ path, message }) => {
    const place = path[0] === 'oidc' ? path.slice(1) : path;
    return { field: String(place[0] ?? ''), text: `${place.map(String).join('.')}: ${message}` };
  });
  const isAddress = told.some(({ field }) => field === 'redirect_uris');
  return new RegistrationRefused(
    isAddress ? 'invalid_redirect_uri' : 'invalid_client_metadata',
    told
      .map(({ text }) => text)
      .join('; ')
      .slice(0, 1_000),
  );
}

/** Also of addresses that would not be kept: whoever names one is told. */
async function refusePrivateAddresses(
  request: MetadataRequest,
  privateHosts: readonly string[],
): Promise<void> {
  for (const name of ['jwks_uri', 'backchannel_logout_uri']) {
    const uri = request.get(name);
    if (typeof uri === 'string' && (await leadsToPrivateAddress(uri, privateHosts))) {
      throw new RegistrationRefused(
        'invalid_client_metadata',
        `${name} leads to a private address; those that may be called are in oidc.private_hosts`,
      );
    }
  }
}
