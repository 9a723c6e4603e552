import { z } from 'zod';
import { failure, success } from '../../kernel/result.js';
import { domainOf } from '../domain.js';
import type { IssuerConfiguration } from '../configuration.js';
import { list, text } from '../fields.js';
import type { PublicUrl } from '../public-url.js';

/** The issuer that is always there, at the root. */
const defaultId = 'default';

/** What stands at the place of an issuer's id in paths below /saml and /wsfed. */
export const reservedIds: readonly string[] = [
  'metadata',
  'sso',
  'slo',
  'start',
  'continue',
  'arrive',
  'active',
];

const issuer = z.object({
  id: text(
    {
      description:
        'What the issuer is called in relying parties and in its addresses, /saml/{id}/…; default is the one at the root.',
      format: 'a-z, 0-9 and -',
      example: 'north',
    },
    (id) => {
      if (!/^[a-z0-9-]{1,64}$/.test(id)) {
        return 'must be 1 to 64 characters of a-z, 0-9 and -';
      }
      return reservedIds.includes(id) ? 'is a word that has a meaning of its own there' : null;
    },
  ),
  entity_id: text(
    {
      description:
        'Its SAML entityID; partners know it by this, so it must not change. Default: {public_url}/saml/{id}. That of default is public_url.',
      format: 'URI, at most 1024 characters',
      example: 'https://north.example.org/saml',
    },
    (written) =>
      /^[\x21-\x7e]{1,1024}$/.test(written) && URL.canParse(written)
        ? null
        : 'must be a URI of at most 1024 characters',
  ).optional(),
  domains: list(
    {
      description: 'Mail domains whose people it speaks for.',
      format: 'list of domains',
      example: '[north.example.org]',
    },
    (written) => {
      const domain = domainOf(written);
      return domain === null
        ? failure({ problem: 'must be a domain', remedy: 'Write for instance example.org.' })
        : success(domain);
    },
  ).prefault([]),
});

type WrittenIssuer = z.output<typeof issuer>;

export const issuersSection = z.array(issuer).superRefine((issuers, context) => {
  const complain = (path: PropertyKey[], message: string, remedy: string) => {
    context.addIssue({ code: 'custom', path, message, params: { remedy } });
  };
  const domainsSoFar = new Map<string, string>();
  for (const [index, { id, entity_id, domains }] of issuers.entries()) {
    if (issuers.findIndex((other) => other.id === id) !== index) {
      complain([index, 'id'], 'is the id of an earlier issuer too', 'Give each an id of its own.');
    }
    if (id === defaultId && entity_id !== undefined) {
      complain(
        [index, 'entity_id'],
        'cannot be chosen for the default issuer: it is public_url',
        'Remove it, or describe an issuer with another id.',
      );
    }
    for (const domain of domains) {
      const earlier = domainsSoFar.get(domain);
      domainsSoFar.set(domain, id);
      if (earlier === undefined) continue;
      complain(
        [index, 'domains'],
        `names ${domain}, which ${earlier} speaks for already`,
        'Name each domain once.',
      );
    }
  }
});

/** What only the whole file shows: that no two issuers are known by the same entityID. */
export function checkEntityIds(
  written: { public_url: PublicUrl; issuers: readonly WrittenIssuer[] },
  context: z.core.$RefinementCtx,
): void {
  const { public_url: publicUrl, issuers } = written;
  const seen = new Set([publicUrl.base]);
  for (const [index, one] of issuers.entries()) {
    if (one.id === defaultId) continue;
    const entityId = entityIdOf(one, publicUrl);
    if (seen.has(entityId)) {
      context.addIssue({
        code: 'custom',
        path: ['issuers', index, 'entity_id'],
        message: 'is the entityID of another issuer too',
        params: { remedy: 'Give each issuer one of its own.' },
      });
    }
    seen.add(entityId);
  }
}

/** All issuers, the default one first, whether it is written or not. */
export function readIssuers(
  issuers: readonly WrittenIssuer[],
  publicUrl: PublicUrl,
): IssuerConfiguration[] {
  const atRoot = issuers.find(({ id }) => id === defaultId);
  return [
    { id: defaultId, entityId: publicUrl.base, domains: atRoot?.domains ?? [] },
    ...issuers
      .filter(({ id }) => id !== defaultId)
      .map((one) => ({
        id: one.id,
        entityId: entityIdOf(one, publicUrl),
        domains: one.domains,
      })),
  ];
}

const entityIdOf = ({ id, entity_id }: WrittenIssuer, publicUrl: PublicUrl): string =>
  entity_id ?? publicUrl.absolute(`/saml/${id}`);
