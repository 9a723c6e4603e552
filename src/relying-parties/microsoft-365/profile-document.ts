import { z } from 'zod';
import { choice, list, text, yesNo } from '../../config/fields.js';
import { domainOf } from '../../config/domain.js';
import { failure, success } from '../../kernel/result.js';
import { commonKeys, neverThirdParty } from '../relying-party-document.js';
import {
  IMMUTABLE_ID_CLAIM,
  MICROSOFT_365_PROFILE,
  MICROSOFT_CONSUMER,
  MICROSOFT_METADATA_URL,
  MICROSOFT_REALM,
  UPN_ATTRIBUTE,
  UPN_CLAIM,
} from './facts.js';
import { immutableIdField } from './immutable-id-field.js';
import { isMicrosoftsOwn } from './microsofts-own-domain.js';

const { protocol: _protocol, ...sharedKeys } = commonKeys;

/** A document that stands for Microsoft 365, by both protocols it speaks. */
export const microsoft365Document = z.object({
  ...sharedKeys,
  third_party: neverThirdParty,
  profile: z.literal(MICROSOFT_365_PROFILE),
  domains: list(
    {
      description:
        'Domains that are federated. Nobody whose UPN is in another one is asserted. Each keeps the issuer it has once had.',
      format: 'list of domains',
      example: '[example.com]',
    },
    (written) => {
      const domain = domainOf(written);
      if (domain === null)
        return failure({ problem: 'must be a domain', remedy: 'Write for instance example.com.' });
      return isMicrosoftsOwn(domain)
        ? failure({
            problem: "is Microsoft's own, which cannot be federated",
            remedy: 'List domains of your own that are verified in the tenant.',
          })
        : success(domain);
    },
  ).refine((domains) => domains.length > 0, 'must name at least one domain'),
  immutable_id: text({
    description:
      "The attribute that Entra's onPremisesImmutableId was made from. objectGUID and ms-DS-ConsistencyGuid are sent as Entra Connect does, any other one as it is.",
    example: 'objectGUID',
  }).prefault('objectGUID'),
  signature: choice({
    description: 'What assertions are signed with. rsa-sha1 only where Entra takes nothing else.',
    options: ['rsa-sha256', 'rsa-sha1'],
  }).prefault('rsa-sha256'),
  require_signed_requests: yesNo({
    description:
      'Whether unsigned requests are refused: only where the domain says isSignedAuthenticationRequestRequired.',
  }).prefault(false),
});

export type Microsoft365Document = z.output<typeof microsoft365Document>;

/** The id of the relying party that speaks WS-Federation; the one that speaks SAML has the document's own. */
export const wsFederationId = (id: string): string => `${id}-ws-federation`;

/**
 * The two relying parties that a document stands for, as somebody would write them by hand.
 * @param written the document as it was written, for what they share
 */
export function partiesOfProfile(
  document: Microsoft365Document,
  written: Readonly<Record<string, unknown>>,
): Record<string, unknown>[] {
  const { domains, signature, require_signed_requests: signed } = document;
  const immutableId = immutableIdField(document.immutable_id);
  const shared = ['name', 'enabled', 'policy'].flatMap((key) =>
    key in written ? [[key, written[key]] as const] : [],
  );
  const common = Object.fromEntries(shared);
  return [
    {
      ...common,
      id: document.id,
      protocol: 'saml',
      // Listed once among somebody's services.
      ...('home_url' in written ? { home_url: written['home_url'] } : {}),
      saml: {
        profile: MICROSOFT_365_PROFILE,
        entity_id: MICROSOFT_REALM,
        metadata_url: MICROSOFT_METADATA_URL,
        domains,
        issuer_by_domain: true,
        name_id: { format: 'persistent', from: immutableId, qualified: false },
        attributes: { [UPN_ATTRIBUTE]: { from: 'upn', name_format: 'unspecified' } },
        sign: 'assertion',
        signature,
        encrypt_assertions: 'never',
        require_signed_requests: signed,
        allow_idp_initiated: false,
      },
    },
    {
      ...common,
      id: wsFederationId(document.id),
      protocol: 'ws-federation',
      ws_federation: {
        realm: MICROSOFT_REALM,
        reply_urls: [MICROSOFT_CONSUMER],
        domains,
        issuer_by_domain: true,
        name_id: { format: 'unspecified', from: immutableId },
        attributes: { [UPN_CLAIM]: 'upn', [IMMUTABLE_ID_CLAIM]: immutableId },
        signature,
      },
    },
  ];
}
