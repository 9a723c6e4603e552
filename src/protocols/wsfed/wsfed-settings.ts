import { z } from 'zod';
import { duration } from '../../config/fields.js';
import type { ProtocolSection } from '../../relying-parties/relying-party-document.js';
import { faultOfClaimType } from '../../sessions/authentication-claims.js';
import { isReplyUrl } from './reply-url.js';

const attribute = z.union([
  z.string(),
  z.strictObject({
    from: z.string().describe('Field of the person.'),
    namespace: z.string().min(1).describe('Where the name is not a URI: the namespace it is in.'),
  }),
]);

/** The `ws_federation:` section of a relying party. */
export const wsFedSettings = z
  .strictObject({
    realm: z
      .string()
      .min(1)
      .max(1024)
      .describe('What the service calls itself (`wtrealm`), compared byte by byte.'),
    reply_urls: z
      .array(z.string())
      .min(1)
      .describe('Where tokens may be posted, compared byte by byte; the first unless asked.'),
    issuer: z
      .string()
      .default('default')
      .describe('In the name of which of your issuers tokens are made.'),
    issuer_by_domain: z
      .boolean()
      .default(false)
      .describe(
        "Instead of that one, the issuer that speaks for the domain of a person's upn; nobody else gets a token.",
      ),
    domains: z
      .array(z.string())
      .optional()
      .describe('With issuer_by_domain: only people whose upn is in one of these.'),
    name_id: z
      .union([
        z.enum(['persistent', 'email']),
        z.strictObject({
          format: z.enum(['persistent', 'email', 'unspecified']),
          from: z.string().describe('Field of the person that is sent as the identifier.'),
        }),
      ])
      .default('persistent')
      .describe('How the service knows people: persistent (its own, random) or email.'),
    attributes: z
      .record(z.string(), attribute)
      .default({})
      .describe('What else is told of people: claim type (a URI) → field of the person.'),
    token_lifetime: duration({
      description: 'For how long a token may be presented.',
      min: '1m',
      max: '12h',
      example: '1h',
    }).prefault('1h'),
    signature: z
      .enum(['rsa-sha256', 'rsa-sha1'])
      .default('rsa-sha256')
      .describe('rsa-sha1 only for services that can do nothing better.'),
    sign_out_cleanup: z
      .boolean()
      .default(true)
      .describe(
        'Whether browsers are sent there at sign-out (wsignoutcleanup1.0). Only where it sends them back (wreply).',
      ),
  })
  .superRefine((settings, context) => {
    settings.reply_urls.forEach((url, index) => {
      if (isReplyUrl(url)) return;
      const message = 'must be an https URL without fragment (http on this machine only)';
      context.addIssue({ code: 'custom', path: ['reply_urls', index], message });
    });
    for (const [name, rule] of Object.entries(settings.attributes)) {
      const message =
        typeof rule === 'string' && claimType(name) === null
          ? 'must be a URI such as http://schemas.xmlsoap.org/claims/UPN'
          : faultOfClaimType(typeof rule === 'string' ? name : `${rule.namespace}/${name}`);
      if (message !== null)
        context.addIssue({ code: 'custom', path: ['attributes', name], message });
    }
  });

export type WsFedSettings = z.output<typeof wsFedSettings>;

/** A claim type as SAML 1.1 writes it: its last part is the name, what is in front of it the namespace. */
export function claimType(uri: string): { namespace: string; name: string } | null {
  const [, namespace, name] = /^([a-z][a-z0-9+.-]*:.+)\/([^/]+)$/i.exec(uri) ?? [];
  return namespace === undefined || name === undefined ? null : { namespace, name };
}

export const wsFedSection: ProtocolSection = {
  protocol: 'ws-federation',
  key: 'ws_federation',
  schema: wsFedSettings,
  uniqueKeys: ['realm'],
};
